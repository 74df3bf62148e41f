using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.TrailHealth;

/// <summary>Tells of records in log streams that CloudTrail does not write: somebody puts them there, and means them to be read.</summary>
internal sealed class ForeignStreams : ITurnPart
{
    /// <summary>So many records are remembered as told; each read of the head brings them again.</summary>
    private const int Remembered = 100_000;

    private readonly HashSet<(string Stream, string EventId)> _told = [];
    private readonly List<Finding> _findings = [];

    public void See(string source, IReadOnlyList<ParsedEvent> events)
    {
        foreach (var item in events)
        {
            if (item is not { ForeignStream: { } stream, Record: { } record } || !_told.Add((stream, record.EventId)))
                continue;

            if (_told.Count > Remembered)
                _told.Clear();
            var detail = $"it stands in the log stream {stream} of {source}, which CloudTrail does not write";
            _findings.Add(new(
                ForgedRecords.Id, ForgedRecords.GroupOf("stream", record.RecipientAccountId), record.EventTime, "FilterLogEvents", detail,
                record.KeyArns.Count > 0 ? record.KeyArns[0] : null, Evidence.Of(new Observation(record), detail)));
        }
    }

    public IEnumerable<Finding> Findings()
    {
        Finding[] findings = [.. _findings];
        _findings.Clear();
        return findings;
    }
}
