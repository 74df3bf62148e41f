using System.Reflection;
using Amazon.CloudTrail;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.KeyManagementService;
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

    [Fact]
    public void Rules_of_this_comparison_hold_for_an_official_package()
    {
        var model = Model("kms");
        var types = ModelTypes(typeof(IAmazonKeyManagementService)).Where(type => !typeof(Exception).IsAssignableFrom(type) && model.ShapeOf(type.Name) is not null).ToList();
        types.Count.ShouldBeGreaterThan(50);

        // A package that is newer than the model may have members that the model does not know; none may have another type.
        types.SelectMany(type => Compare(type, model)).Where(difference => difference.Contains("the official one is")).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Services))]
    public void Client_has_no_constructor_that_an_official_one_lacks(string service, Type client)
    {
        var constructors = Constructors(client.Assembly.GetType($"{client.Namespace}.{client.Name[1..]}Client", throwOnError: true)!).ToList();

        constructors.ShouldNotBeEmpty(service);
        constructors.Except(Constructors(typeof(AmazonKeyManagementServiceClient))).ShouldBeEmpty();
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
        // Debian's CLI has models of 2022, which lack members that the packages have had since.
        var model = AwsServiceModel.Find(service);
        Assert.SkipUnless(model is not null && AwsServiceModel.Find("logs")!.HasShape("InheritedProperty"), "No aws CLI of 2024 or later is installed, whose service models this compares with");
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

    private static IEnumerable<string> Constructors(Type client) => client.GetConstructors().Select(constructor =>
        string.Join(", ", constructor.GetParameters().Select(parameter => typeof(ClientConfig).IsAssignableFrom(parameter.ParameterType) ? "Config" : parameter.ParameterType.Name)));

    private static string Expected(Type type, PropertyInfo property, string byModel) => Instants.Contains($"{type.Name}.{property.Name}") ? "DateTime?" : byModel;

    private static string Name(Type type) => Nullable.GetUnderlyingType(type) is { } value
        ? value.Name + "?"
        : type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(',', type.GenericTypeArguments.Select(Name))}>" : type.Name;
}
