using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.LocalAws.Wire;
using KmsLab.Tests.Architecture;
using KmsLab.Tests.AwsSdk;

namespace KmsLab.Tests.LocalAws.Clients;

/// <summary>
/// Every member that AWS's own service models give to a request is read by the operation's code, or refused (<see cref="NotServedAttribute"/>), or stands
/// below with the reason why nobody is misled when it is ignored.
/// </summary>
public sealed class RequestMemberTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private const string KeptWhole = "kept with the settings, and shown as it was put";
    private const string NoIam = "there is no IAM that it could decide for";
    private const string OnePage = "all there can be is one page";
    private const string Empty = "the list is always empty";
    private const string OfConsole = "AWS shows it in its console alone";

    /// <summary>Members that may be ignored: by operation and path, or by <c>*</c> and path where it is so in each operation of the service.</summary>
    private static readonly Dictionary<string, Dictionary<string, string>> Ignored = new()
    {
        ["kms"] = new()
        {
            ["*.BypassPolicyLockoutSafetyCheck"] = "policies are not enforced, so that none locks out",
        },
        ["logs"] = new()
        {
            ["PutLogEvents.sequenceToken"] = "AWS ignores it, too",
            ["FilterLogEvents.interleaved"] = "AWS ignores it, too: results are always interleaved",
            ["*.unmask"] = "no data is masked",
            ["*.includeLinkedAccounts"] = "there are no linked accounts",
            ["PutLogEvents.entity.keyAttributes"] = "each entity is rejected in the answer",
            ["PutLogEvents.entity.attributes"] = "each entity is rejected in the answer",
            ["DescribeSubscriptionFilters.filterNamePrefix"] = Empty,
            ["DescribeSubscriptionFilters.nextToken"] = Empty,
            ["DescribeSubscriptionFilters.limit"] = Empty,
        },
        ["cloudtrail"] = new()
        {
            ["ListTrails.NextToken"] = OnePage,
            ["ListTags.NextToken"] = OnePage,
            ["ListPublicKeys.NextToken"] = OnePage,
            ["PutEventSelectors.AdvancedEventSelectors.Name"] = KeptWhole,
        },
        ["cloudwatch"] = new()
        {
            ["PutMetricData.EntityMetricData.Entity"] = OfConsole,
            ["PutMetricData.StrictEntityValidation"] = OfConsole,
            ["GetMetricData.LabelOptions"] = "it is the time zone of dynamic labels, which are answered as they were asked",
            ["GetMetricData.MetricDataQueries.Period"] = "it is for expressions, which are refused",
            ["PutMetricAlarm.Metrics.Period"] = "it is for expressions, which are refused",
            ["ListMetrics.IncludeLinkedAccounts"] = "there are no linked accounts",
            ["ListDashboards.DashboardNamePrefix"] = Empty,
            ["ListDashboards.NextToken"] = Empty,
        },
        ["sts"] = new()
        {
            ["AssumeRole.ExternalId"] = NoIam,
        },
    };

    /// <summary>Headers and query parameters of S3 that may be ignored.</summary>
    private static readonly Dictionary<string, string> IgnoredOfS3 = new()
    {
        ["Content-Length"] = "the server reads it",
        ["x-amz-bucket-object-lock-token"] = "Object Lock is switched on without one",
        ["x-amz-mfa"] = "no bucket has MFA delete",
        ["x-amz-request-payer"] = "nobody pays",
        ["x-amz-confirm-remove-self-bucket-access"] = "policies are not enforced, so that none locks out",
        ["x-amz-server-side-encryption-context"] = "nothing is encrypted, and AWS doesn't show it",
        ["x-amz-optional-object-attributes"] = "no object was restored, of which it asks",
        ["x-amz-max-parts"] = "parts are counted, not listed",
        ["x-amz-part-number-marker"] = "parts are counted, not listed",
    };

    private static readonly Lazy<HashSet<int>> Called = new(ReadCalled);

    public static TheoryData<string, string> Services => new(ServiceModelAnswerTests.Services.Select(row => (row.Data.Item1, row.Data.Item2)).Distinct());

    [Theory]
    [MemberData(nameof(Services))]
    public void Members_of_requests_are_read_or_refused_or_may_be_ignored(string service, string signingName)
    {
        var model = AwsServiceModel.Find(service);
        Strict.Require(model is not null, "no aws CLI is installed, whose service models this compares with (Debian: apt-get install awscli)");
        var ignored = Ignored.GetValueOrDefault(service) ?? [];
        var problems = new List<string>();
        var met = new HashSet<string>();

        foreach (var operation in fixture.Host.Services.GetServices<AwsService>().Single(s => s.SigningName == signingName).Operations.Values)
        {
            if (model!.HasOperation(operation.Name) && model.ShapeOf(operation.Name, "input") is { } input)
                Compare(model, input, operation.Request, operation.Name, "", []);
        }

        problems.ShouldBeEmpty();
        ignored.Keys.Except(met).ShouldBeEmpty("these are ignored no more");

        void Compare(AwsServiceModel of, JsonElement shape, JsonTypeInfo contract, string operation, string path, HashSet<(string, Type)> inside)
        {
            (shape, contract) = Unwrapped(of, shape, contract);
            if (shape.GetProperty("type").GetString() != "structure" || !inside.Add((of.NameOf(shape), contract.Type)))
                return;

            foreach (var (name, inner) in of.MembersOf(shape))
            {
                var at = $"{path}.{name}";
                if (contract.Properties.FirstOrDefault(property => property.Name == name) is not { } property)
                    Report($"{at} is unknown", operation, at);
                else if (property.AttributeProvider!.IsDefined(typeof(NotServedAttribute), false))
                    continue;
                else if (!Called.Value.Contains(((PropertyInfo)property.AttributeProvider).GetMethod!.MetadataToken))
                    Report($"{at} is read by nobody", operation, at);
                else
                    Compare(of, inner, contract.Options.GetTypeInfo(property.PropertyType), operation, at, [.. inside]);
            }
        }

        void Report(string problem, string operation, string at)
        {
            var known = ignored.Keys.Where(key => key == operation + at || key == "*" + at).ToList();
            met.UnionWith(known);
            if (known.Count == 0)
                problems.Add(operation + problem);
        }
    }

    [Fact]
    public void Headers_and_parameters_of_S3_are_read_or_refused_or_may_be_ignored()
    {
        var model = AwsServiceModel.Find("s3");
        Strict.Require(model is not null, "no aws CLI is installed, whose service models this compares with (Debian: apt-get install awscli)");
        var texts = ReadTexts();
        var served = fixture.Host.Services.GetServices<AwsService>().Single(s => s.SigningName == "s3").Operations.Keys;

        var unread = served.Where(model!.HasOperation)
            .SelectMany(operation => model.LocationsOf(operation))
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Where(name => !texts.Exists(text => name.Equals(text, StringComparison.OrdinalIgnoreCase) || (IsFamily(text) && name.StartsWith(text, StringComparison.OrdinalIgnoreCase))))
            .ToList();

        unread.Except(IgnoredOfS3.Keys, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty();
        IgnoredOfS3.Keys.Except(unread, StringComparer.OrdinalIgnoreCase).ShouldBeEmpty("these are ignored no more");
    }

    /// <summary>Tells whether a text is what the names of several headers begin with, such as <c>x-amz-grant-</c>.</summary>
    private static bool IsFamily(string text) => text.EndsWith('-') && text.Length > "x-amz-".Length;

    /// <summary>A list's or map's element, as the model and the contract have it.</summary>
    private static (JsonElement Shape, JsonTypeInfo Contract) Unwrapped(AwsServiceModel model, JsonElement shape, JsonTypeInfo contract)
    {
        while (shape.GetProperty("type").GetString() is "list" or "map")
        {
            var side = shape.GetProperty("type").GetString() == "list" ? "member" : "value";
            shape = model.Shape(shape.GetProperty(side).GetProperty("shape").GetString()!);
            contract = contract.ElementType is { } element ? contract.Options.GetTypeInfo(element) : contract;
        }

        return (shape, contract);
    }

    /// <summary>The methods that the code of LocalAws calls; what was generated to read and write JSON reads every member, and doesn't count.</summary>
    private static HashSet<int> ReadCalled()
    {
        using var assembly = new PEReader(File.OpenRead(typeof(AwsService).Assembly.Location));
        var reader = assembly.GetMetadataReader();
        HashSet<int> called = [];
        foreach (var method in reader.MethodDefinitions.Select(reader.GetMethodDefinition))
        {
            if (method.RelativeVirtualAddress == 0 || IsGenerated(reader, method.GetDeclaringType()))
                continue;
            foreach (var token in Instructions.TokensOf(assembly.GetMethodBody(method.RelativeVirtualAddress).GetILReader()))
            {
                if (token.Kind == HandleKind.MethodDefinition)
                    called.Add(MetadataTokens.GetToken(token));
            }
        }

        return called;
    }

    private static bool IsGenerated(MetadataReader reader, TypeDefinitionHandle handle)
    {
        var type = reader.GetTypeDefinition(handle);
        return reader.GetString(type.Name).EndsWith("Json", StringComparison.Ordinal) || (type.GetDeclaringType() is { IsNil: false } outer && IsGenerated(reader, outer));
    }

    /// <summary>The texts that stand in the code of LocalAws.</summary>
    private static List<string> ReadTexts()
    {
        using var assembly = new PEReader(File.OpenRead(typeof(AwsService).Assembly.Location));
        var reader = assembly.GetMetadataReader();
        List<string> texts = [];
        for (var handle = MetadataTokens.UserStringHandle(1); !handle.IsNil; handle = reader.GetNextHandle(handle))
            texts.Add(reader.GetUserString(handle));
        return texts;
    }
}
