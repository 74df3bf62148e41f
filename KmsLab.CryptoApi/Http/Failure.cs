using System.Data.Common;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CryptoApi.Dependencies;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Idempotency;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.CryptoApi.Http;

/// <summary>What a caller is told about a failure that is not theirs: a status, a sentence without internals, and when to try again.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Reason">A short name for logs and metrics.</param>
/// <param name="Message">The sentence.</param>
/// <param name="RetryAfter">When trying again may help; null when only an operator can mend it.</param>
internal sealed record Failure(int Status, string Reason, string Message, TimeSpan? RetryAfter = null)
{
    private const string KeyUnusable = "The encryption key is disabled or gone. The operator has to see to it.";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MuchLater = TimeSpan.FromMinutes(1); // Space takes somebody, or a disk that grows by itself, some time.

    /// <summary>The one place that decides which error becomes which answer.</summary>
    /// <returns>Null for what nobody foresaw: that is a 500, by the exception handler.</returns>
    public static Failure? Of(Exception exception) => exception switch
    {
        KmsKeyNotReadyException => new(503, "starting", "The service is starting: it is still looking up its encryption key.", Soon),
        KmsKeyUnusableException => new(503, "kms-key-unusable", "The service has no encryption key that it can use. The operator has to see to it."),
        IdempotencyConflictException => new(409, "idempotency-under-way", "A request with the same Idempotency-Key is under way.", Soon),
        NameBusyException => new(503, "name-busy", "Another write of the same Name is under way.", Soon),
        DamagedRecordException => new(500, "damaged-record", "The stored record is damaged and can't be read."),
        KmsUnreachableException down => new(503, down.RetryAfter is null ? "kms-unreachable" : "kms-circuit-open", "The key service can't be reached.", down.RetryAfter ?? Later),
        AmazonServiceException kms => OfKms(kms),
        AmazonClientException => new(503, "kms-unreachable", "The key service can't be reached.", Later),
        DatabaseDownException => new(503, "database-circuit-open", "The database can't be reached.", Soon),
        DbException database => OfDatabase(DatabaseFailures.Classify(database)),
        _ => null,
    };

    // https://docs.aws.amazon.com/kms/latest/APIReference/CommonErrors.html and each operation's errors.
    private static Failure OfKms(AmazonServiceException kms) => kms switch
    {
        { ErrorCode: "ThrottlingException" or "Throttling" or "TooManyRequestsException" or "RequestLimitExceeded" } or LimitExceededException =>
            new(503, "kms-throttled", "The key service is busy.", Soon),
        DisabledException => new(503, "kms-key-disabled", KeyUnusable),
        KMSInvalidStateException => new(503, "kms-key-state", KeyUnusable), // pending deletion, above all
        NotFoundException => new(503, "kms-key-missing", KeyUnusable),
        InvalidKeyUsageException => new(503, "kms-key-usage", KeyUnusable),
        { ErrorCode: "AccessDeniedException" or "AccessDenied" or "UnrecognizedClientException" or "InvalidClientTokenId" or "ExpiredTokenException" or "InvalidSignatureException" } =>
            new(503, "kms-denied", "The service is not allowed to use its encryption key. The operator has to see to it."),
        _ => new(503, "kms-unavailable", "The key service could not do its part.", Later),
    };

    private static Failure OfDatabase(DatabaseFailure failure) => failure switch
    {
        DatabaseFailure.Unreachable => new(503, "database-unreachable", "The database can't be reached.", Later),
        DatabaseFailure.Busy => new(503, "database-busy", "The database is busy.", Soon),
        DatabaseFailure.Full => new(507, "database-full", "Nothing more can be stored: the database is full. The operator has to see to it.", MuchLater),
        DatabaseFailure.ReadOnly => new(503, "database-read-only", "Nothing can be stored at the moment: the database is read-only. The operator has to see to it."),
        _ => new(500, "database-error", "The database could not do its part."),
    };
}
