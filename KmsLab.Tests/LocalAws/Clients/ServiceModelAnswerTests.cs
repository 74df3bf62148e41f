using System.Formats.Cbor;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using KmsLab.LocalAws.Wire;
using KmsLab.Tests.AwsSdk;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>Every operation's answers and errors, made by real calls in each protocol, are what AWS's own service models say.</summary>
public sealed class ServiceModelAnswerTests(LocalAwsFixture fixture, ITestOutputHelper output) : IClassFixture<LocalAwsFixture>
{
    /// <summary>Errors that every service has, and that the models don't list.</summary>
    private static readonly HashSet<string> Common = ["ValidationException", "ValidationError"];

    /// <summary>Operations that can't fail, or whose success takes more than a call.</summary>
    private static readonly HashSet<(string, bool Fails)> Exempt =
        [("GetCallerIdentity", true), ("ListTrails", true), ("ConfirmSubscription", false), ("GetInsightSelectors", false), ("ListQueues", true),
            ("DescribeOrganization", false)];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Services => new()
    {
        { "kms", "kms", "json" },
        { "logs", "logs", "json" },
        { "cloudtrail", "cloudtrail", "json" },
        { "cloudwatch", "monitoring", "json" },
        { "cloudwatch", "monitoring", "cbor" },
        { "cloudwatch", "monitoring", "query" },
        { "sns", "sns", "query" },
        { "sqs", "sqs", "json" },
        { "sts", "sts", "query" },
        { "organizations", "organizations", "json" },
    };

    [Theory]
    [MemberData(nameof(Services))]
    public async Task Answers_are_those_of_the_service_model(string service, string signingName, string protocol)
    {
        var model = Model(service);
        var problems = new List<string>();
        var check = new ModelCheck(model, KnowsAll(), problems);
        var now = TimeProvider.System.GetUtcNow();
        Dictionary<string, JsonNode?> kept = new() { ["name"] = $"{protocol}-{Guid.NewGuid():N}" };
        kept["prefix"] = kept["name"]!.GetValue<string>()[..20];
        var table = CallTable.Of(service).Where(call => model.HasOperation(call.Operation)).ToList();

        foreach (var call in table)
        {
            var request = CallTable.Fill(call.Request, kept, now)!.AsObject();
            using var response = await SendAsync(model, signingName, protocol, call.Operation, request);
            var body = await response.Content.ReadAsByteArrayAsync(Cancel);
            var at = $"{call.Operation} {request.ToJsonString()}";
            if (response.IsSuccessStatusCode != call.Error is null)
            {
                problems.Add($"{at}: {(int)response.StatusCode} {Encoding.UTF8.GetString(body)}");
                continue;
            }

            if (call.Error is not null)
            {
                CheckError(model, protocol, call, response, body, problems);
                continue;
            }

            var answer = Read(check, model, protocol, call.Operation, body, problems);
            foreach (var (name, path) in call.Keep)
                kept[name] = TableCall.Part(answer, path);
        }

        output.WriteLine($"{table.Count} calls of {table.DistinctBy(call => call.Operation).Count()} operations");
        problems.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Table_has_a_success_and_an_error_of_every_operation(string service, string signingName, string protocol)
    {
        var table = CallTable.Of(service).Select(call => (call.Operation, call.Error is not null)).ToHashSet();
        var served = fixture.Host.Services.GetServices<AwsService>().Single(s => s.SigningName == signingName).Operations.Keys;

        served.SelectMany(operation => ((string, bool)[])[(operation, false), (operation, true)]).Except(table).Except(Exempt).ShouldBeEmpty(protocol);
    }

    [Fact]
    public void Refused_operations_exist()
    {
        Strict.Require(AwsServiceModel.Find("kms") is not null, "no aws CLI is installed, whose service models this compares with (Debian: apt-get install awscli)");
        Assert.SkipUnless(KnowsAll(), "the service models of the installed aws CLI are older than 2024");

        foreach (var (service, signingName) in Services.Select(row => (row.Data.Item1, row.Data.Item2)).Distinct())
            fixture.Host.Services.GetServices<AwsService>().Single(s => s.SigningName == signingName).Refused.Except(Model(service).Operations).ShouldBeEmpty(service);
    }

    private static AwsServiceModel Model(string service)
    {
        var model = AwsServiceModel.Find(service);
        Strict.Require(model is not null, "no aws CLI is installed, whose service models this compares with (Debian: apt-get install awscli)");
        return model!;
    }

    /// <summary>Debian's CLI has models of 2022, which lack members that AWS has added since.</summary>
    private static bool KnowsAll() => AwsServiceModel.Find("logs")!.HasShape("InheritedProperty");

    private async Task<HttpResponseMessage> SendAsync(AwsServiceModel model, string signingName, string protocol, string operation, JsonObject request)
    {
        var target = fixture.Host.Services.GetServices<AwsService>().Single(s => s.SigningName == signingName).TargetPrefix;
        return protocol switch
        {
            "json" => await fixture.Host.PostJsonAsync(signingName, $"{target}.{operation}", request.ToJsonString()),
            "cbor" => await fixture.Host.PostCborAsync(signingName, target, operation, ModelProtocol.Cbor(model, operation, request)),
            _ => await fixture.Host.PostQueryAsync(signingName, ModelProtocol.Form(model, operation, request)),
        };
    }

    private static JsonNode? Read(ModelCheck check, AwsServiceModel model, string protocol, string operation, byte[] body, List<string> problems)
    {
        var shape = model.ShapeOf(operation, "output");
        switch (protocol)
        {
            case "json":
                if (shape is null)
                {
                    if (body.Length > 0 && Encoding.UTF8.GetString(body) != "{}")
                        problems.Add($"{operation} has no output, but answers {Encoding.UTF8.GetString(body)}");
                    return null;
                }

                using (var json = JsonDocument.Parse(body))
                    return check.Json(json.RootElement, shape.Value, operation);
            case "cbor":
                return shape is null ? null : check.Cbor(new CborReader(body), shape.Value, operation);
            default:
                return ReadXml(check, model, operation, body, problems);
        }
    }

    private static JsonNode? ReadXml(ModelCheck check, AwsServiceModel model, string operation, byte[] body, List<string> problems)
    {
        if (body[0] != '<')
            problems.Add($"{operation}: the answer begins with byte {body[0]:x2}, not with an element");
        using var stream = new MemoryStream(body);
        var root = XDocument.Load(stream).Root!;
        XNamespace ns = model.XmlNamespace!;
        if (root.Name != ns + $"{operation}Response")
            problems.Add($"{operation}: the answer is a {root.Name}");
        var wrapper = model.ResultWrapper(operation);
        string[] expected = wrapper is null ? ["ResponseMetadata"] : [wrapper, "ResponseMetadata"];
        if (!root.Elements().Select(element => element.Name).SequenceEqual(expected.Select(name => ns + name)))
            problems.Add($"{operation}: the answer holds {string.Join(", ", root.Elements().Select(element => element.Name.LocalName))}, not {string.Join(", ", expected)}");
        if (string.IsNullOrEmpty(root.Element(ns + "ResponseMetadata")?.Element(ns + "RequestId")?.Value))
            problems.Add($"{operation}: there is no RequestId");
        return wrapper is null || root.Element(ns + wrapper) is not { } result ? null : check.Xml(result, model.ShapeOf(operation, "output")!.Value, operation);
    }

    private static void CheckError(AwsServiceModel model, string protocol, TableCall call, HttpResponseMessage response, byte[] body, List<string> problems)
    {
        if (!Common.Contains(call.Error!) && !model.ErrorsOf(call.Operation).Contains(call.Error!))
            problems.Add($"{call.Operation} has no error {call.Error} in the model");
        if (model.HasShape(call.Error!) && model.Shape(call.Error!).TryGetProperty("error", out var traits) && traits.TryGetProperty("httpStatusCode", out var status)
            && (int)response.StatusCode != status.GetInt32())
            problems.Add($"{call.Operation}: {call.Error} has the status {(int)response.StatusCode}, not {status}");

        var (code, expected) = protocol switch
        {
            "json" => (JsonNode.Parse(body)!["__type"]!.GetValue<string>(), call.Error),
            "cbor" => (CborType(body), call.Error),
            _ => (XmlCode(model, body, problems), call.QueryError),
        };
        if (code != expected)
            problems.Add($"{call.Operation} {call.Request.ToJsonString()}: the error is {code}, not {expected}");
        if (protocol == "query" || !model.IsQueryCompatible)
            return;

        var told = response.Headers.TryGetValues("x-amzn-query-error", out var values) ? values.Single() : "";
        if (call.Error != call.QueryError && told != $"{call.QueryError};{(response.StatusCode < HttpStatusCode.InternalServerError ? "Sender" : "Receiver")}")
            problems.Add($"{call.Operation}: x-amzn-query-error is '{told}', its code in Query is {call.QueryError}");
    }

    private static string? CborType(byte[] body)
    {
        var cbor = new CborReader(body);
        cbor.ReadStartMap();
        return cbor.ReadTextString() == "__type" ? cbor.ReadTextString() : null;
    }

    private static string? XmlCode(AwsServiceModel model, byte[] body, List<string> problems)
    {
        if (body[0] != '<')
            problems.Add($"an error begins with byte {body[0]:x2}");
        using var stream = new MemoryStream(body);
        var root = XDocument.Load(stream).Root!;
        XNamespace ns = model.XmlNamespace!;
        return root.Name == ns + "ErrorResponse" && root.Element(ns + "RequestId") is not null ? root.Element(ns + "Error")?.Element(ns + "Code")?.Value : root.ToString();
    }
}
