using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace KmsLab.CryptoApi.Http;

/// <summary>A 200 of the shape <typeparamref name="T"/> that is written from a secret's bytes, never a string that lingers; they are zeroed afterwards.</summary>
/// <param name="secret">Zeroed when the answer has been written.</param>
/// <param name="members">Writes the members of the JSON object.</param>
internal sealed class SecretJson<T>(byte[] secret, Action<Utf8JsonWriter> members) : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    public int? StatusCode => StatusCodes.Status200OK;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), ["application/json"]));

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        try
        {
            await JsonText.WriteAsync(httpContext.Response, members, httpContext.RequestAborted);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
