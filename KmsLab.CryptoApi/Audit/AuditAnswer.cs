using System.ComponentModel;
using System.Text.Json.Serialization;

namespace KmsLab.CryptoApi.Audit;

/// <summary>One KMS call, and who was behind it.</summary>
internal sealed record AuditAnswer(
    [property: JsonPropertyName("Nonce"), Description("Of the proof in the call's User-Agent.")] string Nonce,
    [property: JsonPropertyName("RequestId"), Description("KMS's requestID; null when it is unknown.")] string? RequestId,
    [property: JsonPropertyName("Time")] DateTimeOffset Time,
    [property: JsonPropertyName("Client"), Description("client:NAME, address:ADDRESS, or service:cryptoapi.")] string Client,
    [property: JsonPropertyName("ClientTag"), Description("What stands for the client in the proof.")] string? ClientTag,
    [property: JsonPropertyName("TraceId"), Description("Of the request to this service.")] string TraceId,
    [property: JsonPropertyName("Operation")] string Operation,
    [property: JsonPropertyName("RecordId"), Description("The encryption context's r.")] string? RecordId,
    [property: JsonPropertyName("KeyArn")] string? KeyArn,
    [property: JsonPropertyName("ToKeyArn"), Description("The destination's key of a ReEncrypt.")] string? ToKeyArn,
    [property: JsonPropertyName("Outcome"), Description("Success, KMS's error code, Unanswered, or unknown.")] string Outcome)
{
    public static AuditAnswer Of(KmsCallRow row) => new(
        row.Nonce, row.RequestId, DateTimeOffset.FromUnixTimeMilliseconds(row.CalledAt), row.Client, row.ClientTag, row.TraceId, row.Operation,
        row.RecordId, row.KeyArn, row.ToKeyArn, row.Outcome ?? CallOutcome.Unknown);
}
