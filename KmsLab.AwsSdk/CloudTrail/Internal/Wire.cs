using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudTrail.Internal;

/// <summary>The service's JSON: members as in C#, instants in seconds since 1970.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = WireOptions.Create(
        CloudTrailWireContext.Default,
        naming: null,
        new EpochSecondsConverter(),
        new Base64StreamConverter(),
        new ConstantClassConverter<EventCategory>(EventCategory.FindValue),
        new ConstantClassConverter<LookupAttributeKey>(LookupAttributeKey.FindValue),
        new ConstantClassConverter<ReadWriteType>(ReadWriteType.FindValue));

    internal static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
