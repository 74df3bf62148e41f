using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.SimpleNotificationService.Internal;

/// <summary>The service's members by name; the Query protocol is written from them: members as in C#, blobs as Base64.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = WireOptions.Create(
        SimpleNotificationServiceWireContext.Default,
        naming: null,
        new Base64StreamConverter());

    internal static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
