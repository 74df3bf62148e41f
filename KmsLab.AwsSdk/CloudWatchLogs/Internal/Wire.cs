using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudWatchLogs.Internal;

/// <summary>The service's JSON: camelCase members, instants in milliseconds since 1970.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = WireOptions.Create(
        CloudWatchLogsWireContext.Default,
        JsonNamingPolicy.CamelCase,
        new EpochMillisecondsConverter(),
        new ConstantClassConverter<DataProtectionStatus>(DataProtectionStatus.FindValue),
        new ConstantClassConverter<LogGroupClass>(LogGroupClass.FindValue),
        new ConstantClassConverter<OrderBy>(OrderBy.FindValue));

    internal static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
