using System.Data.Common;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Replay;

/// <summary>Counts the records that each detection is interested in, whether it fires or not: <c>Sentinel test</c> asks for that.</summary>
internal sealed class SelectionCounts(DetectionCatalog catalog, SelectionTotals totals) : ITurnPart
{
    public Task LoadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        totals.Catalog = catalog;
        return Task.CompletedTask;
    }

    public void Judge(Observation observation, TurnMoment moment)
    {
        foreach (var detection in catalog.Active)
        {
            var definition = detection.Definition;
            if ((definition.Select(observation) ?? definition.SelectAlso?.Invoke(observation)) is not null)
                totals.Add(definition.Id);
        }
    }

    public void Judge(Finding finding, TurnMoment moment) => totals.Add(finding.Detection);
}

/// <summary>The numbers of records by detection.</summary>
internal sealed class SelectionTotals
{
    private readonly Dictionary<string, long> _records = [];

    /// <summary>The detections, as the configuration has them.</summary>
    public DetectionCatalog? Catalog { get; set; }

    public long this[string detection] => _records.GetValueOrDefault(detection);

    public void Add(string detection) => _records[detection] = this[detection] + 1;
}
