using System.Text.Json;

namespace KmsLab.CloudTrail.Records;

/// <summary>What a first glance at a record shows, without reading it: enough to leave it, or to put it in its place in time.</summary>
/// <param name="IsOfInterest">Whether its event source was asked for; true as well for what is no good record, so that somebody reads it and says so.</param>
/// <param name="EventTime">Its time, if it has a good one.</param>
public readonly record struct RecordGlance(bool IsOfInterest, DateTimeOffset? EventTime)
{
    /// <summary>Looks no further than the record's <c>eventTime</c> and <c>eventSource</c>, which CloudTrail writes near its beginning.</summary>
    public static RecordGlance At(ReadOnlySpan<byte> utf8, RecordInterest interest)
    {
        try
        {
            return Look(utf8, interest);
        }
        catch (Exception problem) when (problem is JsonException or InvalidOperationException)
        {
            return RecordText.TryMend(utf8, out var mended) ? At(mended, interest) : new(true, null);
        }
    }

    private static RecordGlance Look(ReadOnlySpan<byte> utf8, RecordInterest interest)
    {
        var (hasTime, hasSource, isOfInterest) = (false, false, true);
        DateTimeOffset? time = null;
        var reader = new Utf8JsonReader(utf8, CloudTrailRecordReader.Options);
        reader.Read();
        while (!(hasTime && hasSource) && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (isTime, isSource) = (reader.ValueTextEquals("eventTime"u8), reader.ValueTextEquals("eventSource"u8));
            reader.Read();
            if (isTime && reader.TokenType == JsonTokenType.String)
                (hasTime, time) = (true, RecordSlices.InstantOf(reader.GetString()));
            else if (isSource && reader.TokenType == JsonTokenType.String)
                (hasSource, isOfInterest) = (true, interest.Includes(ref reader));
            reader.Skip();
        }

        return new(isOfInterest, time);
    }
}
