using System.IO.Compression;
using System.Text.Json;

namespace KmsLab.Tests.AwsSdk;

/// <summary>
/// AWS's own model of a service, as every <c>aws</c> CLI brings it along: the source that AWS generates the official packages from. It says each
/// operation's shapes, and each shape's members with their types and names on the wire.
/// </summary>
internal sealed class AwsServiceModel(JsonElement root)
{
    private readonly JsonElement _shapes = root.GetProperty("shapes");
    private readonly JsonElement _operations = root.GetProperty("operations");

    /// <summary>The newest model that is installed, or null.</summary>
    /// <param name="service">The service's folder, such as <c>cloudtrail</c>.</param>
    public static AwsServiceModel? Find(string service) => DataFolders()
        .Select(folder => Path.Combine(folder, service))
        .Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "service-2.json*", SearchOption.AllDirectories))
        .Select(Read)
        .MaxBy(model => model._shapes.EnumerateObject().Count());

    /// <summary>The namespace of the service's XML; null when it has none.</summary>
    public string? XmlNamespace => root.GetProperty("metadata").TryGetProperty("xmlNamespace", out var name) ? name.GetString() : null;

    /// <summary>Whether errors in JSON and CBOR also tell the code that they have in Query.</summary>
    public bool IsQueryCompatible => root.GetProperty("metadata").TryGetProperty("awsQueryCompatible", out _);

    public IEnumerable<string> Operations => _operations.EnumerateObject().Select(operation => operation.Name);

    public bool HasOperation(string name) => _operations.TryGetProperty(name, out _);

    public bool HasShape(string name) => _shapes.TryGetProperty(name, out _);

    /// <summary>The shape that the official package's class <paramref name="type"/> stands for: a request, a response, or a structure.</summary>
    public JsonElement? ShapeOf(string type)
    {
        if (OperationOf(type, "Request") is { } request)
            return OperationShape(request, "input");
        if (OperationOf(type, "Response") is { } response)
            return OperationShape(response, "output");
        return _shapes.TryGetProperty(type, out var shape) ? shape : null;
    }

    /// <summary>The members of a shape: name on the wire, and the member's own shape.</summary>
    public Dictionary<string, JsonElement> MembersOf(JsonElement shape) => shape.TryGetProperty("members", out var members)
        ? members.EnumerateObject().ToDictionary(member => member.Name, member => Shape(member.Value.GetProperty("shape").GetString()!))
        : [];

    /// <summary>The headers and query parameters of an operation's request.</summary>
    public IEnumerable<string> LocationsOf(string operation) => ShapeOf(operation, "input") is { } input && input.TryGetProperty("members", out var members)
        ? members.EnumerateObject()
            .Where(member => member.Value.TryGetProperty("location", out var location) && location.GetString() is "header" or "querystring")
            .Select(member => member.Value.GetProperty("locationName").GetString()!)
        : [];

    /// <summary>The C# type that AWS's generator (v4) gives a member.</summary>
    public string ClrTypeOf(JsonElement shape, bool inList = false) => shape.GetProperty("type").GetString() switch
    {
        // The generator leaves lists and maps of constants as text.
        "string" when !inList && shape.TryGetProperty("enum", out _) => NameOf(shape),
        "string" => "String",
        "boolean" => inList ? "Boolean" : "Boolean?",
        "integer" => inList ? "Int32" : "Int32?",
        "long" => inList ? "Int64" : "Int64?",
        "double" => inList ? "Double" : "Double?",
        "float" => inList ? "Single" : "Single?",
        "timestamp" => inList ? "DateTime" : "DateTime?",
        "blob" => "MemoryStream",
        "list" => $"List<{ClrTypeOf(Shape(shape.GetProperty("member").GetProperty("shape").GetString()!), inList: true)}>",
        "map" => $"Dictionary<String,{ClrTypeOf(Shape(shape.GetProperty("value").GetProperty("shape").GetString()!), inList: true)}>",
        _ => NameOf(shape),
    };

    public string NameOf(JsonElement shape) => _shapes.EnumerateObject().First(entry => entry.Value.Equals(shape)).Name;

    /// <summary>The shape of an operation's request or response (<c>input</c>, <c>output</c>); null when it has none.</summary>
    public JsonElement? ShapeOf(string operation, string side) =>
        _operations.GetProperty(operation).TryGetProperty(side, out var shape) ? Shape(shape.GetProperty("shape").GetString()!) : null;

    /// <summary>The element that wraps an operation's result in XML; null when it has no output.</summary>
    public string? ResultWrapper(string operation) =>
        _operations.GetProperty(operation).TryGetProperty("output", out var output) ? output.GetProperty("resultWrapper").GetString() : null;

    /// <summary>The errors that an operation may answer with.</summary>
    public IEnumerable<string> ErrorsOf(string operation) => _operations.GetProperty(operation).TryGetProperty("errors", out var errors)
        ? errors.EnumerateArray().Select(error => error.GetProperty("shape").GetString()!)
        : [];

    public JsonElement Shape(string name) => _shapes.GetProperty(name);

    private static IEnumerable<string> DataFolders()
    {
        string[] roots = ["/usr/lib", "/usr/local/lib", Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".pyenv/versions")];
        var pythons = roots.Where(Directory.Exists)
            .SelectMany(root => Directory.EnumerateDirectories(root).Prepend(root))
            .SelectMany(root => Directory.Exists(Path.Combine(root, "lib")) ? Directory.EnumerateDirectories(Path.Combine(root, "lib"), "python3*") : [root]);
        return pythons
            .SelectMany(python => (string[])["dist-packages/awscli/botocore/data", "dist-packages/botocore/data", "site-packages/botocore/data"], Path.Combine)
            .Append("/usr/local/aws-cli/v2/current/dist/awscli/botocore/data")
            .Where(Directory.Exists);
    }

    private static AwsServiceModel Read(string path)
    {
        using Stream file = File.OpenRead(path);
        using var json = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        return new(JsonDocument.Parse(json).RootElement);
    }

    private string? OperationOf(string type, string suffix) =>
        type.EndsWith(suffix, StringComparison.Ordinal) && HasOperation(type[..^suffix.Length]) ? type[..^suffix.Length] : null;

    /// <summary>An operation without input or output has an empty class in the package.</summary>
    private JsonElement OperationShape(string operation, string side) => _operations.GetProperty(operation).TryGetProperty(side, out var shape)
        ? Shape(shape.GetProperty("shape").GetString()!)
        : JsonElement.Parse("{}");
}
