using KmsLab.Sentinel.Alarms;
using KmsLab.ServiceDefaults.Database;

namespace KmsLab.Tests.Sentinel.Http;

/// <summary>Rows that a turn of the engine would have written.</summary>
internal static class ApiRows
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Starts a Sentinel whose engine has read what there is, so that it leaves alone what is written from now on.</summary>
    public static async Task<SentinelHost> StartAsync()
    {
        var sentinel = await SentinelHost.StartAsync("http://127.0.0.1:1");
        await sentinel.JsonAsync("/api/status", status => status["sources"]![0]!["state"]!.GetValue<string>() == "failing");
        return sentinel;
    }

    public static Task InsertAsync(SentinelHost sentinel, Alarm alarm) => WriteAsync(sentinel, transaction => AlarmRow.WriteAsync(transaction, [alarm], Cancellation));

    public static Task InsertAsync(SentinelHost sentinel, params HistoryEntry[] entries) => WriteAsync(sentinel, transaction =>
    {
        var changes = new HandlingChanges();
        changes.History.AddRange(entries);
        return changes.WriteAsync(transaction, Cancellation);
    });

    private static Task WriteAsync(SentinelHost sentinel, Func<System.Data.Common.DbTransaction, Task> write) => sentinel.Services.GetRequiredService<Database>().WriteAsync(
        async (_, transaction) =>
        {
            await write(transaction);
            return 0;
        },
        Cancellation);
}
