using System.Data.Common;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using KmsLab.Sentinel.Storage;

namespace KmsLab.Sentinel.TrailHealth.Gaps;

/// <summary>JSON as the database keeps gaps.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter)])]
[JsonSerializable(typeof(TrailGap))]
internal sealed partial class GapJson : JsonSerializerContext;

/// <summary>Gaps of the trail in the database.</summary>
internal static class GapRows
{
    /// <summary>All that are kept, the latest first.</summary>
    public static async Task<IReadOnlyList<TrailGap>> AllAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var payloads = await connection.QueryAsync<string>(
            new CommandDefinition("SELECT payload FROM trail_gap ORDER BY from_at DESC, id", cancellationToken: cancellationToken));
        return [.. payloads.Select(payload => JsonSerializer.Deserialize(payload, GapJson.Default.TrailGap)!)];
    }

    /// <summary>The time at which a look last found the trail whole; null before the first.</summary>
    public static async Task<DateTimeOffset?> WholeAtAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var at = await connection.ExecuteScalarAsync<long?>(new CommandDefinition("SELECT MAX(whole_at) FROM trail_whole", cancellationToken: cancellationToken));
        return at is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
    }

    public static async Task WriteAsync(DbTransaction transaction, IEnumerable<TrailGap> gaps, DateTimeOffset? wholeAt, CancellationToken cancellationToken)
    {
        await RowWriter.InsertAsync(
            transaction, "trail_gap (id, from_at, filled, payload)", "ON CONFLICT (id) DO UPDATE SET from_at = excluded.from_at, filled = excluded.filled, payload = excluded.payload",
            gaps.Select(gap => new object[] { gap.Id, gap.From.ToUnixTimeMilliseconds(), gap.Filled ? 1L : 0L, JsonSerializer.Serialize(gap, GapJson.Default.TrailGap) }),
            cancellationToken);
        if (wholeAt is { } at)
        {
            await RowWriter.InsertAsync(
                transaction, "trail_whole (name, whole_at)", "ON CONFLICT (name) DO UPDATE SET whole_at = excluded.whole_at", [["guard", at.ToUnixTimeMilliseconds()]], cancellationToken);
        }
    }
}
