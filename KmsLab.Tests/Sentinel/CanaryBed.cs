using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.Turns;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.Sentinel;

/// <summary>Sentinel with a canary, whose calls the test makes and brings back.</summary>
internal static class CanaryBed
{
    public static readonly TimeSpan LateAfter = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan BlindedAfter = TimeSpan.FromMinutes(12);

    public const string CanaryKeyArn = "arn:aws:kms:us-east-1:000000000000:key/canary00-0000-0000-0000-000000000000";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SentinelBed> CreateAsync(DatabaseProvider provider, PostgresCluster cluster)
    {
        var bed = await SentinelBed.CreateAsync(provider, cluster);
        bed.Options.Canary.KeyId = CanaryKeyArn;
        bed.Options.Delivery.LateAfter = LateAfter;
        bed.Options.Delivery.BlindedAfter = BlindedAfter;
        return bed;
    }

    public static async Task<CanaryCall> IssueAsync(SentinelProcess sentinel, SentinelBed bed)
    {
        CanaryCall? call = null;
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => call = memory.Know<CanaryStore>().Issue(CanaryKeyArn, bed.Time.GetUtcNow())), Cancellation);
        return call!;
    }

    public static async Task<CanaryCall> SendAsync(SentinelProcess sentinel, SentinelBed bed, string requestId)
    {
        var call = await IssueAsync(sentinel, bed);
        await sentinel.Pipeline.TakeAsync(new Turn.OwnWork(memory => memory.Know<CanaryStore>().Ended(call.Sequence, requestId, null)), Cancellation);
        return call;
    }

    /// <summary>The source brings the canary's record in a complete read.</summary>
    public static async Task ComeBackAsync(SentinelProcess sentinel, CanaryCall call, SentinelBed bed, string requestId)
    {
        await sentinel.TakeAsync(Record(call, requestId, call.CalledAt).Utf8());
        await sentinel.CompleteAsync(bed.Time.GetUtcNow());
    }

    /// <summary>Time passes, and a complete read brings nothing.</summary>
    public static Task AdvanceAsync(SentinelProcess sentinel, SentinelBed bed, TimeSpan by)
    {
        bed.Time.Advance(by);
        return sentinel.CompleteAsync(bed.Time.GetUtcNow());
    }

    public static Task CompleteAsync(SentinelProcess sentinel, string source, DateTimeOffset at) => sentinel.Pipeline.TakeAsync(new Turn.ReadEnd(source, at), Cancellation);

    public static async Task LookAsync(SentinelProcess sentinel, CanaryWatch watch, SentinelBed bed)
    {
        if (await watch.LookAsync(bed.Time.GetUtcNow(), Cancellation) is { } turn)
            await sentinel.Pipeline.TakeAsync(turn, Cancellation);
    }

    public static Task<CanaryStore> Store(SentinelProcess sentinel) => sentinel.Pipeline.KnowAsync<CanaryStore>(Cancellation);

    public static CanaryWatch Watch(SentinelProcess sentinel, SentinelBed bed) =>
        new(sentinel.Pipeline, new([SentinelBed.Source]), new CanaryState(), bed.Options.Canary, bed.Options.Delivery, bed.Options.Turns);

    public static JsonObject Record(CanaryCall call, string requestId, DateTimeOffset? at = null) => TestRecords.Decrypt(at ?? TestRecords.Noon).With(record =>
    {
        record["eventName"] = "Encrypt";
        record["requestID"] = requestId;
        record["requestParameters"]!["encryptionContext"] = new JsonObject
        {
            [CanaryStore.SequenceName] = call.Sequence.ToString(CultureInfo.InvariantCulture),
            [CanaryStore.NonceName] = call.Nonce,
        };
        record["resources"]![0]!["ARN"] = CanaryKeyArn;
    });

    public static JsonObject Denied(CanaryCall call, string requestId) => Record(call, requestId).With(record =>
    {
        record["errorCode"] = "AccessDenied";
        record["requestParameters"] = null;
        record.Remove("resources");
    });
}
