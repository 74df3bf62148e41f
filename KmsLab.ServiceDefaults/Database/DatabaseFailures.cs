using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>What a failed statement means for whoever asked.</summary>
public enum DatabaseFailure
{
    /// <summary>The server is down, restarting, failing over or out of connections, or the connection broke. It may pass.</summary>
    Unreachable,

    /// <summary>It did not answer in time, or another writer holds what is needed. It may pass.</summary>
    Busy,

    /// <summary>Nothing more can be stored until somebody makes room.</summary>
    Full,

    /// <summary>Nothing can be stored, only read, until somebody mends that.</summary>
    ReadOnly,

    /// <summary>A mistake in a statement, a damaged file, missing rights: trying again will not help.</summary>
    Permanent,
}

/// <summary>The one place that knows which errors of either engine pass by themselves.</summary>
public static class DatabaseFailures
{
    /// <summary>Classifies <paramref name="exception"/>, by SQLSTATE for PostgreSQL and by result code for SQLite.</summary>
    public static DatabaseFailure Classify(DbException exception) => exception switch
    {
        DatabaseDownException => DatabaseFailure.Unreachable,
        PostgresException postgres => Classify(postgres.SqlState),
        NpgsqlException { InnerException: TimeoutException } => DatabaseFailure.Busy,
        NpgsqlException => DatabaseFailure.Unreachable, // Everything but the server's own answers is about the connection.
        SqliteException sqlite => Classify(sqlite.SqliteErrorCode),
        _ => DatabaseFailure.Permanent,
    };

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static DatabaseFailure Classify(string sqlState) => sqlState switch
    {
        ['0', '8', ..] => DatabaseFailure.Unreachable, // connection exceptions
        "57P01" or "57P02" or "57P03" or "57P05" => DatabaseFailure.Unreachable, // shutdown, crash, starting up, idle session timeout
        ['2', '8', ..] => DatabaseFailure.Unreachable, // authorization: a password that is being rotated, or a pg_hba.conf that is
        "53300" => DatabaseFailure.Unreachable, // too many connections
        "25P03" => DatabaseFailure.Unreachable, // idle in a transaction for too long: the server ended the connection
        "25006" => DatabaseFailure.Unreachable, // read-only transaction: a failover left us at the old primary
        PostgresErrorCodes.DiskFull => DatabaseFailure.Full,
        "57014" or "40001" or "40P01" or "55P03" => DatabaseFailure.Busy, // timeout, serialization, deadlock, lock not available
        ['5', '3', ..] => DatabaseFailure.Busy, // out of memory and other resources
        _ => DatabaseFailure.Permanent,
    };

    // https://sqlite.org/rescode.html
    private static DatabaseFailure Classify(int resultCode) => resultCode switch
    {
        8 => DatabaseFailure.ReadOnly, // READONLY
        5 or 6 => DatabaseFailure.Busy, // BUSY, LOCKED
        13 => DatabaseFailure.Full,
        10 or 14 => DatabaseFailure.Unreachable, // IOERR, CANTOPEN
        _ => DatabaseFailure.Permanent,
    };
}
