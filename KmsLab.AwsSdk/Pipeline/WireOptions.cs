#nullable enable
using System.Collections;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Amazon;
using Amazon.Runtime;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>How the SDK's model types become JSON: only what is set, under the service's names, and nothing of the SDK's own base types.</summary>
internal static class WireOptions
{
    /// <param name="resolver">The service's generated serializer context.</param>
    /// <param name="naming">How members are named on the wire; null when as in C#.</param>
    /// <param name="converters">The service's instants and open enumerations.</param>
    internal static JsonSerializerOptions Create(IJsonTypeInfoResolver resolver, JsonNamingPolicy? naming, params JsonConverter[] converters)
    {
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = resolver.WithAddedModifier(KeepModelMembers),
            PropertyNamingPolicy = naming,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            // The body goes to an AWS endpoint, never into a page: a quote stays two bytes instead of six.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };
        foreach (var converter in converters)
            options.Converters.Add(converter);
        options.MakeReadOnly();
        return options;
    }

    private static void KeepModelMembers(JsonTypeInfo type)
    {
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.AttributeProvider is System.Reflection.MemberInfo { DeclaringType: var declaring } && declaring == typeof(AmazonWebServiceResponse))
                type.Properties.RemoveAt(i);
            else if (typeof(ICollection).IsAssignableFrom(property.PropertyType))
                property.ShouldSerialize = static (_, value) => value is ICollection collection && IsSet(collection);
        }
    }

    /// <summary>With <c>AWSConfigs.InitializeCollections</c> an empty collection means that nobody set it.</summary>
    private static bool IsSet(ICollection collection) => collection.Count > 0 || !AWSConfigs.InitializeCollections;
}
