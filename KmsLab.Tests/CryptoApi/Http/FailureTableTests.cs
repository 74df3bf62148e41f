using System.Net;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CryptoApi.Dependencies;
using KmsLab.CryptoApi.Encryption;
using KmsLab.CryptoApi.Http;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>Each failure that may come, and the answer to it.</summary>
public sealed class FailureTableTests
{
    private static readonly (Exception Problem, int Status, string Reason, bool Retry)[] Table =
    [
        (Kms("ThrottlingException"), 503, "kms-throttled", true),
        (new LimitExceededException("") { ErrorCode = "LimitExceededException" }, 503, "kms-throttled", true),
        (new DisabledException("") { ErrorCode = "DisabledException" }, 503, "kms-key-disabled", false),
        (new KMSInvalidStateException("") { ErrorCode = "KMSInvalidStateException" }, 503, "kms-key-state", false),
        (new NotFoundException("") { ErrorCode = "NotFoundException" }, 503, "kms-key-missing", false),
        (Kms("AccessDeniedException"), 503, "kms-denied", false),
        (Kms("ExpiredTokenException"), 503, "kms-denied", false),
        (new KMSInternalException("") { ErrorCode = "KMSInternalException", StatusCode = HttpStatusCode.InternalServerError }, 503, "kms-unavailable", true),
        (new AmazonClientException("no credentials"), 503, "kms-unreachable", true),
        (new KmsUnreachableException("late", new OperationCanceledException()), 503, "kms-unreachable", true),
        (new KmsUnreachableException("down", new IOException()) { RetryAfter = TimeSpan.FromSeconds(3) }, 503, "kms-circuit-open", true),
        (new NpgsqlException("connection refused"), 503, "database-unreachable", true),
        (new NpgsqlException("slow", new TimeoutException()), 503, "database-busy", true),
        (Postgres("57P01"), 503, "database-unreachable", true),
        (Postgres("25006"), 503, "database-unreachable", true), // a failover left us at the old primary
        (Postgres("28P01"), 503, "database-unreachable", true), // a password that is being rotated
        (Postgres("53100"), 507, "database-full", true),
        (Postgres("57014"), 503, "database-busy", true),
        (Postgres("42P01"), 500, "database-error", false),
        (new SqliteException("", 5), 503, "database-busy", true),
        (new SqliteException("", 8), 503, "database-read-only", false),
        (new SqliteException("", 13), 507, "database-full", true),
        (new KmsLab.ServiceDefaults.Database.DatabaseDownException(new IOException()), 503, "database-circuit-open", true),
        (new DamagedRecordException("cut short"), 500, "damaged-record", false),
        (new KmsKeyNotReadyException("it is being looked up"), 503, "starting", true),
        (new KmsKeyUnusableException("it is for signing"), 503, "kms-key-unusable", false), // never called starting: waiting mends nothing
    ];

    [Fact]
    public void Each_failure_has_its_answer()
    {
        foreach (var (problem, status, reason, retry) in Table)
        {
            var failure = Failure.Of(problem).ShouldNotBeNull(problem.ToString());

            (failure.Status, failure.Reason, failure.RetryAfter is not null).ShouldBe((status, reason, retry), problem.ToString());
        }
    }

    [Fact]
    public void What_nobody_foresaw_is_left_to_the_exception_handler() => Failure.Of(new InvalidOperationException()).ShouldBeNull();

    private static AmazonServiceException Kms(string code) => new("internal") { ErrorCode = code, StatusCode = HttpStatusCode.BadRequest };

    private static PostgresException Postgres(string sqlState) => new("internal", "ERROR", "ERROR", sqlState);
}
