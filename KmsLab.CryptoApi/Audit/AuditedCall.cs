using Amazon.Runtime;
using KmsLab.CryptoApi.Encryption;

namespace KmsLab.CryptoApi.Audit;

/// <summary>
/// One KMS call, from the moment it is intended. Its nonce is chosen first and stands in its User-Agent on CloudTrail, so a row written
/// before the call identifies it, whatever happens to this process afterwards.
/// </summary>
/// <remarks>Disposing a call that was intended in the database but never made takes its row back.</remarks>
internal sealed class AuditedCall(AuditWriter writer) : IAsyncDisposable
{
    /// <summary>The nonce of the call's proof.</summary>
    public required string Nonce { get; init; }

    /// <summary>When it was intended, in Unix milliseconds.</summary>
    public required long CalledAt { get; init; }

    /// <summary>The trace of the request that caused it: 32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>On whose behalf.</summary>
    public required string Client { get; init; }

    /// <summary>What stands for the client in the proof; null where calls are not attested.</summary>
    public required string? ClientTag { get; init; }

    public required string Operation { get; init; }

    public string? RecordId { get; private set; }

    public string? KeyArn { get; private set; }

    /// <summary>The destination's key of a ReEncrypt.</summary>
    public string? ToKeyArn { get; private set; }

    public string? Outcome { get; private set; }

    /// <summary>KMS's <c>requestID</c>.</summary>
    public string? RequestId { get; private set; }

    /// <summary>Its row is in the database, or may be.</summary>
    public bool Intended { get; private set; }

    /// <summary>Says what the call is about, as far as that is known.</summary>
    public void Concerns(RecordId? record, string? keyArn) => (RecordId, KeyArn) = (record?.ToString(), keyArn);

    /// <summary>Says which keys the call names.</summary>
    public void Uses(string keyArn, string? toKeyArn = null) => (KeyArn, ToKeyArn) = (keyArn, toKeyArn);

    /// <summary>To be said before the row is written: an insert whose answer was lost may have happened.</summary>
    public void MarkIntended() => Intended = true;

    /// <summary>Makes the call, and writes down how it ended.</summary>
    public async Task<T> MakeAsync<T>(Func<Task<T>> send) where T : AmazonWebServiceResponse
    {
        var (outcome, requestId) = (CallOutcome.Unanswered, (string?)null);
        try
        {
            var answer = await send();
            (outcome, requestId) = (CallOutcome.Success, answer.ResponseMetadata?.RequestId);
            return answer;
        }
        catch (AmazonServiceException refused)
        {
            (outcome, requestId) = (refused.ErrorCode is { Length: > 0 } code ? code : CallOutcome.Unanswered, refused.RequestId);
            throw;
        }
        finally
        {
            await EndAsync(outcome, requestId);
        }
    }

    public ValueTask DisposeAsync() => Intended && Outcome is null ? EndAsync(CallOutcome.NotMade, null) : ValueTask.CompletedTask;

    private ValueTask EndAsync(string outcome, string? requestId)
    {
        (Outcome, RequestId) = (outcome, requestId);
        return writer.AddAsync(this);
    }
}

/// <summary>How a call ended, when not with an error code of KMS.</summary>
internal static class CallOutcome
{
    public const string Success = "Success";

    /// <summary>The call went out, and no answer came: KMS may have done it.</summary>
    public const string Unanswered = "Unanswered";

    /// <summary>How a row reads whose outcome never arrived: this process ended between intending the call and writing down its end.</summary>
    public const string Unknown = "unknown";

    /// <summary>Never stored: its row is deleted.</summary>
    public const string NotMade = "NotMade";
}
