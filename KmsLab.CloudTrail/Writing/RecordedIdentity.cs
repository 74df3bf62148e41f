using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KmsLab.CloudTrail.Writing;

/// <summary>The <c>userIdentity</c> of a record: who called. It repeats with every call of a principal, so its JSON is written once.</summary>
/// <remarks>https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html</remarks>
public sealed class RecordedIdentity
{
    private byte[]? _json;

    /// <summary><c>IAMUser</c>, <c>AssumedRole</c>, <c>Root</c>, ...; null in service events.</summary>
    public string? Type { get; init; }

    /// <summary>The unique id, such as <c>AROACKCEVSQ6C2EXAMPLE:session</c>.</summary>
    public string? PrincipalId { get; init; }

    /// <summary>The caller's ARN; for a role session that of the session.</summary>
    public string? Arn { get; init; }

    /// <summary>The caller's account.</summary>
    public string? AccountId { get; init; }

    /// <summary>The access key that signed the call.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The IAM user's name.</summary>
    public string? UserName { get; init; }

    /// <summary>The AWS service behind the call, or <c>AWS Internal</c>.</summary>
    public string? InvokedBy { get; init; }

    /// <summary>For temporary credentials: the role that the session stands for, the same in all its sessions.</summary>
    public RecordedSessionIssuer? SessionIssuer { get; init; }

    /// <summary>For temporary credentials: when the session began; null for a user's own.</summary>
    public DateTimeOffset? SessionCreated { get; init; }

    /// <summary>For temporary credentials: true when a second factor was proved.</summary>
    public bool MfaAuthenticated { get; init; }

    /// <summary>The identity as JSON.</summary>
    internal ReadOnlySpan<byte> Json => _json ??= Write();

    private byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        WriteIfPresent(json, "type", Type);
        WriteIfPresent(json, "principalId", PrincipalId);
        WriteIfPresent(json, "arn", Arn);
        WriteIfPresent(json, "accountId", AccountId);
        WriteIfPresent(json, "accessKeyId", AccessKeyId);
        WriteIfPresent(json, "userName", UserName);
        if (SessionCreated is { } created)
            WriteSession(json, created);
        WriteIfPresent(json, "invokedBy", InvokedBy);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private void WriteSession(Utf8JsonWriter json, DateTimeOffset created)
    {
        json.WriteStartObject("sessionContext");
        if (SessionIssuer is { } issuer)
        {
            json.WriteStartObject("sessionIssuer");
            json.WriteString("type", "Role");
            json.WriteString("principalId", issuer.PrincipalId);
            json.WriteString("arn", issuer.Arn);
            json.WriteString("accountId", issuer.AccountId);
            json.WriteString("userName", issuer.UserName);
            json.WriteEndObject();
        }

        json.WriteStartObject("attributes");
        json.WriteString("creationDate", RecordWriter.Instant(created));
        // A string, not a Boolean: so AWS writes it.
        json.WriteString("mfaAuthenticated", MfaAuthenticated ? "true" : "false");
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteIfPresent(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}

/// <summary>The role behind a session.</summary>
/// <param name="PrincipalId">Its unique id, <c>AROA...</c>.</param>
/// <param name="Arn">Its ARN, the stable name of the caller.</param>
/// <param name="AccountId">Its account.</param>
/// <param name="UserName">Its name.</param>
public sealed record RecordedSessionIssuer(string PrincipalId, string Arn, string AccountId, string UserName);
