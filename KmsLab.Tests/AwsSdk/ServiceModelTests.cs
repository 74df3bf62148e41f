using System.Reflection;
using Amazon.CloudTrail;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.Runtime;
using Amazon.SimpleNotificationService;

namespace KmsLab.Tests.AwsSdk;

/// <summary>
/// The clients that this build uses have the operations, types and members of the official packages. The oracle is AWS's service model, from which these
/// are generated, with the generator's rules and each service's customisations (https://github.com/aws/aws-sdk-net, generator/ServiceModels).
/// Not compiled on a full feed, whose packages may be newer than the model that is installed.
/// </summary>
public sealed class ServiceModelTests(ITestOutputHelper output)
{
    /// <summary>Milliseconds since 1970 that <c>logs.customizations.json</c> turns into instants.</summary>
    private static readonly HashSet<string> Instants =
    [
        "InputLogEvent.Timestamp", "OutputLogEvent.Timestamp", "OutputLogEvent.IngestionTime", "GetLogEventsRequest.StartTime", "GetLogEventsRequest.EndTime",
        "LogGroup.CreationTime", "LogStream.CreationTime", "LogStream.FirstEventTimestamp", "LogStream.LastEventTimestamp", "LogStream.LastIngestionTime",
        "MetricFilter.CreationTime",
    ];

    public static TheoryData<string, Type> Services => new()
    {
        { "cloudtrail", typeof(IAmazonCloudTrail) },
        { "cloudwatch", typeof(IAmazonCloudWatch) },
        { "logs", typeof(IAmazonCloudWatchLogs) },
        { "sns", typeof(IAmazonSimpleNotificationService) },
    };

    [Theory]
    [MemberData(nameof(Services))]
    public void Members_have_the_names_and_types_of_the_service_model(string service, Type client)
    {
        var model = Model(service);
        var types = ModelTypes(client).Where(type => !typeof(Exception).IsAssignableFrom(type)).ToList();
        types.ShouldNotBeEmpty();

        var differences = types.SelectMany(type => Compare(type, model)).ToList();

        output.WriteLine($"{client.Assembly.GetName().Name}: {types.Count} types, {types.Sum(type => Properties(type).Count())} members");
        differences.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Operations_exist_in_the_service_model(string service, Type client)
    {
        var model = Model(service);
        var operations = client.GetMethods().Where(method => method.Name.EndsWith("Async", StringComparison.Ordinal)).ToList();
        operations.ShouldNotBeEmpty();

        foreach (var method in operations.Where(method => method.GetParameters().FirstOrDefault()?.ParameterType is { } first && typeof(AmazonWebServiceRequest).IsAssignableFrom(first)))
        {
            var operation = method.Name[..^"Async".Length];
            model.HasOperation(operation).ShouldBeTrue(operation);
            method.GetParameters().Select(parameter => parameter.ParameterType.Name).ShouldBe([$"{operation}Request", nameof(CancellationToken)]);
            method.ReturnType.GenericTypeArguments.Single().Name.ShouldBe($"{operation}Response");
        }
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Errors_exist_in_the_service_model(string service, Type client)
    {
        var model = Model(service);
        foreach (var type in ModelTypes(client).Where(type => typeof(Exception).IsAssignableFrom(type)))
        {
            // The generator makes one word of what the models call Exception, Fault, or nothing at all.
            var name = type.Name[..^"Exception".Length];
            string[] shapes = [type.Name, name, name + "Fault"];
            shapes.ShouldContain(shape => model.ShapeOf(shape) != null, type.Name);
        }
    }

    private static AwsServiceModel Model(string service)
    {
        var model = AwsServiceModel.Find(service);
        Strict.Require(model is not null, "no aws CLI is installed, whose service models this compares with (Debian: apt-get install awscli)");
        return model!;
    }

    private static IEnumerable<Type> ModelTypes(Type client) =>
        client.Assembly.GetExportedTypes().Where(type => type.Namespace == client.Namespace + ".Model" && type.IsClass && !type.IsAbstract && !type.IsNested);

    private static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);

    private static IEnumerable<string> Compare(Type type, AwsServiceModel model)
    {
        if (model.ShapeOf(type.Name) is not { } shape)
            return [$"{type.Name} is no shape of the model"];

        var members = model.MembersOf(shape).ToDictionary(member => char.ToUpperInvariant(member.Key[0]) + member.Key[1..], member => member.Value);
        return Properties(type).Select(property => !members.TryGetValue(property.Name, out var member)
            ? $"{type.Name}.{property.Name} is no member of the model"
            : Expected(type, property, model.ClrTypeOf(member)) is var expected && Name(property.PropertyType) != expected
                ? $"{type.Name}.{property.Name} is {Name(property.PropertyType)}, the official one is {expected}"
                : null).OfType<string>();
    }

    private static string Expected(Type type, PropertyInfo property, string byModel) => Instants.Contains($"{type.Name}.{property.Name}") ? "DateTime?" : byModel;

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } value
        ? value.Name + "?"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GenericTypeArguments.Select(Name))}>" : type.Name;
}
