using System.Security.Cryptography;
using KmsLab.CryptoApi.Encryption;
using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.CryptoApi.Http;

/// <summary><c>/encrypt</c> and <c>/decrypt</c>, as the lab's clients call them, and <c>/rotate</c> and <c>/delete</c>.</summary>
internal static class RecordEndpoints
{
    /// <summary>The most bytes of UTF-8 a text may have.</summary>
    public const int MaxText = 1024 * 1024;

    /// <summary>The most characters a name may have.</summary>
    public const int MaxName = 256;

    private const int MaxKey = 1024;

    // A client may escape every character: six bytes (\u0041) for one. The rest is the other fields and punctuation.
    private const int MaxEncryptBody = (6 * MaxText) + MaxDecryptBody;
    private const int MaxDecryptBody = 32 * 1024;

    private static readonly BodyField Name = new("Name", 4 * MaxName) { MaxCharacters = MaxName };
    private static readonly BodyField Text = new("Text", MaxText) { MayBeEmpty = true, TooLongStatus = StatusCodes.Status413PayloadTooLarge };
    private static readonly BodyField Key = new("Key", MaxKey);
    private static readonly BodyField CurrentKey = Key with { Required = false };

    public static void MapRecords(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AddEndpointFilter<FailureFilter>();
        group.MapGet("/", () => Done("KmsLab CryptoApi"));
        group.MapPost("/encrypt", EncryptAsync);
        // The lab's clients send GET with a body. A minimal API that binds a body on GET answers 500 on every route; this one reads it itself.
        group.MapMethods("/decrypt", ["GET", "POST"], DecryptAsync);
        // POST, never a Key in a URL: URLs end up in logs.
        group.MapPost("/rotate", RotateAsync);
        group.MapPost("/delete", DeleteAsync);
    }

    private static async Task<IResult> EncryptAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxEncryptBody, [Name, Text, CurrentKey], http.RequestAborted);
        using var current = fields[CurrentKey] is { } sent ? AccessToken.Read(sent) : null;

        using var token = await vault.EncryptAsync(fields[Name]!, fields[Text]!, current, ClientOf(http), http.RequestAborted);
        if (token is null)
            return Problems.NameTaken();

        // "save" is the lab's own spelling: its clients and its instructions show these exact words.
        await JsonText.WriteAsync(
            http.Response,
            json =>
            {
                json.WriteString("Message"u8, "Data encrypted and stored, keep your key save"u8);
                json.WriteString("Key"u8, token.ToText());
            },
            http.RequestAborted);
        return Results.Empty;
    }

    private static async Task<IResult> DecryptAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);

        var text = await vault.DecryptAsync(fields[Name]!, token, ClientOf(http), http.RequestAborted);
        if (text is null)
            return Problems.WrongKey();

        try
        {
            await JsonText.WriteAsync(http.Response, json => json.WriteString("Text"u8, text), http.RequestAborted);
            return Results.Empty;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    private static async Task<IResult> RotateAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);
        return await vault.RotateAsync(fields[Name]!, token, ClientOf(http), http.RequestAborted)
            ? Done("Data key re-encrypted under the current KMS key")
            : Problems.WrongKey();
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);
        return await vault.DeleteAsync(fields[Name]!, token, http.RequestAborted)
            ? Done("Data deleted")
            : Problems.WrongKey("Data deletion failed, make sure you have the correct key");
    }

    /// <summary>Who calls, as far as it is known without authentication: the address.</summary>
    private static string ClientOf(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static ContentHttpResult Done(string message) => TypedResults.Text($$"""{"Message":"{{message}}"}""", "application/json");
}
