using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Normal;

/// <summary>The program of somebody in the office: opens a case, reads what belongs to it, sometimes stores something.</summary>
internal sealed class OfficeClient(ApiClient client, double callsADay, WorkingSet records, Draws draws)
{
    private const double StoreShare = 0.03;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(8);

    public IEnumerable<Step> Steps(Day day) => day.Hours.SelectMany(hour => StepsOf(hour, callsADay * day.Level * Rhythm.Office(hour) * draws.LogNormal(0.25)));

    /// <summary>People mistype a Key, look again, and get it right.</summary>
    public IEnumerable<Step> Mistake(DateTimeOffset at)
    {
        var record = records.Next();
        yield return new(at, client, new ReadText(record, WithWrongKey: true));
        yield return new(at + TimeSpan.FromSeconds(5) + draws.Exponential(TimeSpan.FromSeconds(25)), client, new ReadText(record));
    }

    private IEnumerable<Step> StepsOf(DateTimeOffset hour, double mean)
    {
        for (var left = draws.Poisson(mean); left > 0;)
        {
            var at = hour + draws.Within(TimeSpan.FromHours(1));
            for (var together = Math.Min(left, 1 + draws.Below(5)); together > 0; together--, left--)
            {
                yield return new(at, client, draws.Happens(StoreShare) ? new StoreText(records.Store()) : new ReadText(records.Next()));
                at += draws.Exponential(BetweenReads);
            }
        }
    }
}
