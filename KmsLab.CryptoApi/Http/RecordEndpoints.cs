using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Http.Documents;
using KmsLab.CryptoApi.Idempotency;
using KmsLab.CryptoApi.Telemetry;
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
        group.MapGet("/", () => Done("KmsLab CryptoApi")).AllowAnonymous().ExcludeFromDescription();
        group.MapPost("/encrypt", EncryptAsync).Describe<EncryptRequest>("Encrypt", "Encrypts and stores a text by name.", 400, 409, 413, 415, 422, 507);
        group.MapPost("/decrypt", DecryptAsync).Describe<KeyedRequest>("Decrypt", "Gives a text back to whoever holds its Key.", 400, 413, 415);
        // The lab's clients send GET with a body. A minimal API that binds a body on GET answers 500 on every route; this one reads it itself.
        group.MapGet("/decrypt", DecryptAsync).WithMetadata(new OperationName("Decrypt")).ExcludeFromDescription();
        // POST, never a Key in a URL: URLs end up in logs.
        group.MapPost("/rotate", RotateAsync).Describe<KeyedRequest>("Rotate", "Re-encrypts a record's data key under the current KMS key. Its Key stays.", 400, 413, 415);
        group.MapPost("/delete", DeleteAsync).Describe<KeyedRequest>("Delete", "Deletes a record.", 400, 413, 415);
    }

    private static async Task<Results<SecretJson<EncryptAnswer>, ProblemHttpResult>> EncryptAsync(HttpContext http, Vault vault, IdempotentVault once, CryptoMetrics metrics)
    {
        var client = ApiClient.Of(http);
        var idempotencyKey = IdempotencyKey.Read(http.Request);
        using var fields = await BodyFields.ReadAsync(http.Request, MaxEncryptBody, [Name, Text, CurrentKey], http.RequestAborted);
        using var current = fields[CurrentKey] is { } sent ? AccessToken.Read(sent) : null;

        if (idempotencyKey is null)
        {
            using var token = await vault.EncryptAsync(fields[Name]!, fields[Text]!, current, client, null, http.RequestAborted);
            return Encrypted(token, fields[Text]!.Length, metrics);
        }

        using var request = IdempotentRequest.Create(client, idempotencyKey, fields[Name], fields[Text], fields[CurrentKey]);
        using var outcome = await once.EncryptAsync(request, fields[Name]!, fields[Text]!, current, client, http.RequestAborted);
        if (outcome.Replayed)
            http.Response.Headers[IdempotencyKey.Replayed] = "true";
        return Encrypted(outcome.Token, fields[Text]!.Length, metrics);
    }

    private static Results<SecretJson<EncryptAnswer>, ProblemHttpResult> Encrypted(AccessToken? token, int size, CryptoMetrics metrics)
    {
        if (token is null)
            return Problems.NameTaken();

        metrics.Text("Encrypt", size);
        var key = token.ToUtf8();
        return new SecretJson<EncryptAnswer>(key, json =>
        {
            // "save" is the lab's own spelling: its clients and its instructions show these exact words.
            json.WriteString("Message"u8, "Data encrypted and stored, keep your key save"u8);
            json.WriteString("Key"u8, key);
        });
    }

    private static async Task<Results<SecretJson<DecryptAnswer>, ProblemHttpResult>> DecryptAsync(HttpContext http, Vault vault, CryptoMetrics metrics)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);

        var text = await vault.DecryptAsync(fields[Name]!, token, ApiClient.Of(http), http.RequestAborted);
        if (text is null)
            return Problems.WrongKey();

        metrics.Text("Decrypt", text.Length);
        return new SecretJson<DecryptAnswer>(text, json => json.WriteString("Text"u8, text));
    }

    private static async Task<Results<Ok<DoneAnswer>, ProblemHttpResult>> RotateAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);
        return await vault.RotateAsync(fields[Name]!, token, ApiClient.Of(http), http.RequestAborted)
            ? Done("Data key re-encrypted under the current KMS key")
            : Problems.WrongKey();
    }

    private static async Task<Results<Ok<DoneAnswer>, ProblemHttpResult>> DeleteAsync(HttpContext http, Vault vault)
    {
        using var fields = await BodyFields.ReadAsync(http.Request, MaxDecryptBody, [Name, Key], http.RequestAborted);
        using var token = AccessToken.Read(fields[Key]);
        return await vault.DeleteAsync(fields[Name]!, token, http.RequestAborted)
            ? Done("Data deleted")
            : Problems.WrongKey("Data deletion failed, make sure you have the correct key");
    }

    private static Ok<DoneAnswer> Done(string message) => TypedResults.Ok(new DoneAnswer(message));
}
