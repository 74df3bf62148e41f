using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.Aws;

/// <summary>The templates as CloudFormation would see them with given parameters: conditions decided, functions evaluated, imports looked up in the other stacks.</summary>
/// <remarks>What only AWS knows (ids, addresses) stands in its form, made up of the resource's name.</remarks>
internal sealed partial class Deployment(IReadOnlyDictionary<string, string> parameters)
{
    public const string Account = "000000000000";
    public const string Region = "us-east-1";

    private const string NoValue = "AWS::NoValue";

    /// <summary>As deploy.sh names them.</summary>
    public static IReadOnlyDictionary<string, string> Stacks { get; } = new Dictionary<string, string>
    {
        ["kmslab-vpc"] = "baseline-vpc.yaml",
        ["kmslab-ecr"] = "ecr.yaml",
        ["kmslab-secrets"] = "secrets.yaml",
        ["kmslab-trail"] = "trail.yaml",
        ["kmslab-app"] = "app.yaml",
        ["kmslab-sentinel"] = "sentinel.yaml",
        ["kmslab-rotation"] = "rotation.yaml",
        ["kmslab-alarms"] = "alarms.yaml",
    };

    /// <summary>A resource's property, evaluated; null where the resource's condition does not hold.</summary>
    public JsonNode? Property(string stack, string resource, string property)
    {
        var found = TemplateOf(stack).Resources[resource]!.AsObject();
        return found["Condition"] is { } condition && !Holds(stack, condition.GetValue<string>()) ? null : Evaluate(stack, found["Properties"]![property]);
    }

    /// <summary>What a container is told, plainly or through a secret.</summary>
    public IReadOnlyDictionary<string, string> EnvironmentOf(string stack, string definition = "TaskDefinition")
    {
        var container = Property(stack, definition, "ContainerDefinitions")![0]!;
        var plain = container["Environment"]!.AsArray().ToDictionary(entry => Text(entry!["Name"]), entry => Text(entry!["Value"]));
        foreach (var secret in container["Secrets"]!.AsArray())
            plain.Add(Text(secret!["Name"]), Text(secret["ValueFrom"]));
        return plain;
    }

    /// <summary>Evaluates a node of a stack's template.</summary>
    public JsonNode? Evaluate(string stack, JsonNode? node) => node switch
    {
        JsonObject map when map.Count == 1 && map.First() is var (name, argument) && IsFunction(name) => Call(stack, name, argument!),
        JsonObject map => new JsonObject(map.Select(child => KeyValuePair.Create(child.Key, Evaluate(stack, child.Value))).Where(child => !IsNoValue(child.Value))),
        JsonArray list => new JsonArray([.. list.Select(child => Evaluate(stack, child)).Where(child => !IsNoValue(child))]),
        _ => node?.DeepClone(),
    };

    private static Template TemplateOf(string stack) => Template.All[Stacks[stack]];

    private static bool IsFunction(string name) => name == "Ref" || name.StartsWith("Fn::", StringComparison.Ordinal);

    private static bool IsNoValue(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) && text == NoValue;

    private static string Text(JsonNode? node) => node!.GetValue<string>();

    private JsonNode? Call(string stack, string function, JsonNode argument) => function switch
    {
        "Ref" => Reference(stack, Text(argument)),
        "Fn::GetAtt" => Attribute(stack, Text(argument[0]), Text(argument[1])),
        "Fn::If" => Evaluate(stack, argument[Holds(stack, Text(argument[0])) ? 1 : 2]),
        "Fn::Sub" => Substitute(stack, argument),
        "Fn::Join" => string.Join(Text(argument[0]), Evaluate(stack, argument[1])!.AsArray().Select(Text)),
        "Fn::Split" => new JsonArray([.. Text(Evaluate(stack, argument[1])).Split(Text(argument[0])).Select(part => JsonValue.Create(part))]),
        "Fn::Select" => Evaluate(stack, argument[1])!.AsArray()[int.Parse(Text(argument[0]), System.Globalization.CultureInfo.InvariantCulture)]!.DeepClone(),
        "Fn::ImportValue" => Import(Text(Evaluate(stack, argument))),
        "Fn::GetAZs" => new JsonArray($"{Region}a", $"{Region}b"),
        "Fn::Cidr" => new JsonArray("10.42.0.0/24", "10.42.1.0/24", "10.42.2.0/24", "10.42.3.0/24"),
        _ => throw new NotSupportedException(function),
    };

    private JsonNode Reference(string stack, string name) => name switch
    {
        "AWS::AccountId" => Account,
        "AWS::Region" => Region,
        "AWS::Partition" => "aws",
        "AWS::StackName" => stack,
        NoValue => NoValue,
        _ when TemplateOf(stack).Parameters[name] is { } parameter => Parameter(stack, name, parameter),
        _ => PhysicalId(stack, name),
    };

    private string Parameter(string stack, string name, JsonNode parameter) =>
        parameters.GetValueOrDefault($"{stack}:{name}") ?? parameters.GetValueOrDefault(name) ?? parameter["Default"]?.GetValue<string>()
        ?? throw new InvalidOperationException($"{stack} needs the parameter {name}.");

    private string PhysicalId(string stack, string id) => TypeOf(stack, id) switch
    {
        "AWS::KMS::Key" => KeyId(stack, id),
        "AWS::KMS::Alias" or "AWS::ECS::Cluster" => Text(Evaluate(stack, TemplateOf(stack).Property(id, TypeOf(stack, id) == "AWS::KMS::Alias" ? "AliasName" : "ClusterName"))),
        "AWS::SNS::Topic" => $"arn:aws:sns:{Region}:{Account}:{stack}-{id}",
        "AWS::SecretsManager::Secret" => $"arn:aws:secretsmanager:{Region}:{Account}:secret:{stack}-{id}-AbCdEf",
        "AWS::Logs::LogGroup" when TemplateOf(stack).Property(id, "LogGroupName") is { } name => Text(Evaluate(stack, name)),
        "AWS::EC2::EIP" => $"203.0.113.{10 + id.Length + id[^1]}",
        "AWS::EC2::VPCEndpoint" => $"vpce-{Hash(stack, id)[..17]}",
        _ => $"{stack}-{id}",
    };

    private string Attribute(string stack, string id, string attribute) => (TypeOf(stack, id), attribute) switch
    {
        ("AWS::KMS::Key", "Arn") => $"arn:aws:kms:{Region}:{Account}:key/{KeyId(stack, id)}",
        ("AWS::IAM::Role", "Arn") => $"arn:aws:iam::{Account}:role/{stack}-{id}",
        ("AWS::CloudTrail::Trail", "Arn") => $"arn:aws:cloudtrail:{Region}:{Account}:trail/{stack}",
        ("AWS::RDS::DBInstance", "Endpoint.Port") => "5432",
        ("AWS::RDS::DBInstance", "MasterUserSecret.SecretArn") => $"arn:aws:secretsmanager:{Region}:{Account}:secret:rds!db-{stack}-{id}",
        ("AWS::ECR::Repository", "RepositoryUri") => $"{Account}.dkr.ecr.{Region}.amazonaws.com/{Text(Evaluate(stack, TemplateOf(stack).Property(id, "RepositoryName")))}",
        var (type, _) => $"{type.Replace("::", "-", StringComparison.Ordinal)}-{stack}-{id}-{attribute}",
    };

    private string Substitute(string stack, JsonNode argument)
    {
        var variables = argument is JsonArray ? argument[1]!.AsObject() : [];
        return Variable.Replace(argument is JsonArray ? Text(argument[0]) : Text(argument), match => match.Groups[1].Value switch
        {
            var name when variables[name] is { } value => Text(Evaluate(stack, value)),
            var name when name.Split('.', 2) is [var id, var attribute] => Attribute(stack, id, attribute),
            var name => Text(Reference(stack, name)),
        });
    }

    private JsonNode Import(string export)
    {
        foreach (var stack in Stacks.Keys)
        {
            foreach (var (_, output) in TemplateOf(stack).Outputs)
            {
                if (output!["Export"]?["Name"] is { } name && Text(Evaluate(stack, name)) == export)
                    return Evaluate(stack, output["Value"])!;
            }
        }

        throw new InvalidOperationException($"No stack exports {export}.");
    }

    private bool Holds(string stack, string condition) => IsTrue(stack, TemplateOf(stack).Conditions[condition]!.AsObject());

    private bool IsTrue(string stack, JsonObject test)
    {
        var (function, argument) = test.First();
        return function switch
        {
            "Fn::Equals" => Text(Evaluate(stack, argument![0])) == Text(Evaluate(stack, argument[1])),
            "Fn::Not" => !IsTrue(stack, argument![0]!.AsObject()),
            "Fn::And" => argument!.AsArray().All(part => IsTrue(stack, part!.AsObject())),
            "Fn::Or" => argument!.AsArray().Any(part => IsTrue(stack, part!.AsObject())),
            "Condition" => Holds(stack, Text(argument)),
            _ => throw new NotSupportedException(function),
        };
    }

    private static string TypeOf(string stack, string id) =>
        TemplateOf(stack).Resources[id]?["Type"]?.GetValue<string>() ?? throw new InvalidOperationException($"{stack} has no resource {id}.");

    private static string KeyId(string stack, string id) => new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(stack + id))[..16]).ToString();

    private static string Hash(string stack, string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stack + id)));

    [GeneratedRegex(@"\$\{([^!}][^}]*)\}")]
    private static partial Regex Variable { get; }
}
