using System.Globalization;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.TrailHealth.Canary;

/// <summary>Makes the canary call.</summary>
/// <remarks>
/// It is an Encrypt of one byte, whose result is thrown away. It costs as little as any KMS call, its encryption context carries the canary's number into
/// the record (GenerateMac has none), it needs nothing that was kept from before, as a Decrypt would, and CloudTrail takes it for a read
/// as it does a Decrypt, so that whatever keeps Decrypts off the trail keeps it off as well.
/// </remarks>
internal sealed class CanarySender(IAmazonKeyManagementService kms, CanarySeal seal)
{
    /// <summary>What no retry mends: somebody took away the key, or the right to use it.</summary>
    private static readonly HashSet<string> Lasting = new(StringComparer.Ordinal)
    {
        "AccessDenied", "AccessDeniedException", "DisabledException", "KMSInvalidStateException", "NotFoundException", "InvalidKeyUsageException",
        "InvalidClientTokenId", "UnrecognizedClientException",
    };

    /// <summary>Sends it.</summary>
    /// <returns>How it ended; nothing but our own cancellation is thrown.</returns>
    public async Task<CanaryAnswer> SendAsync(CanaryCall call, CancellationToken cancellationToken)
    {
        var context = ContextOf(call);
        var request = new EncryptRequest { KeyId = call.KeyArn, Plaintext = new MemoryStream([0]), EncryptionContext = context };
        seal.Attest(request, new AttestedCall(CanaryStore.Operation, [call.KeyArn], new EncryptionContext(context)), call.Nonce);
        try
        {
            var answer = await kms.EncryptAsync(request, cancellationToken);
            return new(call.Sequence, answer.ResponseMetadata?.RequestId, null);
        }
        catch (AmazonServiceException refused)
        {
            return new(call.Sequence, refused.RequestId, ProblemOf(refused, call.KeyArn));
        }
        // The edge: whatever kept the call from KMS may pass.
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            return new(call.Sequence, null, new($"{problem.GetType().Name}: {problem.Message}", IsTransient: true));
        }
    }

    /// <summary>The encryption context, which the record shows.</summary>
    public static Dictionary<string, string> ContextOf(CanaryCall call) => new()
    {
        [CanaryStore.SequenceName] = call.Sequence.ToString(CultureInfo.InvariantCulture),
        [CanaryStore.NonceName] = call.Nonce,
    };

    private static CanaryProblem ProblemOf(AmazonServiceException refused, string keyArn) => new(
        refused.ErrorCode is "AccessDenied" or "AccessDeniedException"
            ? $"kms:Encrypt on {keyArn} is denied to Sentinel: allow it to its role"
            : $"{refused.ErrorCode ?? refused.GetType().Name}: {refused.Message}",
        !Lasting.Contains(refused.ErrorCode ?? ""));
}

/// <summary>How a canary call ended.</summary>
internal sealed record CanaryAnswer(long Sequence, string? RequestId, CanaryProblem? Problem);
