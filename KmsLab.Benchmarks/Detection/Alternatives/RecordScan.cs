using System.IO.Compression;
using System.Text;
using KmsLab.CloudTrail.FilterPatterns;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Benchmarks.Detection;

/// <summary>What the alternatives' metric filters select from files of records: the event times, in order.</summary>
/// <param name="Errors">What the lab's filter counts: failed KMS calls of the application's role.</param>
/// <param name="Decrypts">Successful Decrypts of the application's role.</param>
internal sealed record RecordScan(IReadOnlyList<DateTimeOffset> Errors, IReadOnlyList<DateTimeOffset> Decrypts)
{
    public static RecordScan Empty { get; } = new([], []);

    /// <summary>Both, one after the other.</summary>
    public RecordScan Then(RecordScan later) => new([.. Errors, .. later.Errors], [.. Decrypts, .. later.Decrypts]);

    /// <summary>Reads all files of a folder, in the order of their names.</summary>
    public static RecordScan Of(string folder, string role)
    {
        var errors = FilterPattern.Parse($$"""{ $.errorCode = "*" && $.eventSource = "kms.amazonaws.com" && $.userIdentity.sessionContext.sessionIssuer.arn = "{{role}}" }""");
        var decrypts = FilterPattern.Parse($$"""{ $.eventName = "Decrypt" && $.errorCode NOT EXISTS && $.userIdentity.sessionContext.sessionIssuer.arn = "{{role}}" }""");
        var (failed, read) = (new List<DateTimeOffset>(), new List<DateTimeOffset>());
        foreach (var line in Directory.GetFiles(folder).Order(StringComparer.Ordinal).SelectMany(Lines))
        {
            var at = RecordGlance.At(line, RecordInterest.Everything).EventTime ?? throw new InvalidDataException("A record of the simulator's has no time.");
            if (errors.Matches(line))
                failed.Add(at);
            else if (decrypts.Matches(line))
                read.Add(at);
        }

        return new(failed, read);
    }

    private static IEnumerable<byte[]> Lines(string file)
    {
        using var lines = new StreamReader(new GZipStream(File.OpenRead(file), CompressionMode.Decompress));
        while (lines.ReadLine() is { } line)
            yield return Encoding.UTF8.GetBytes(line);
    }
}
