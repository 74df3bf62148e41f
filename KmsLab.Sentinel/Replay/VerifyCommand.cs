using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Sources.Bucket;
using KmsLab.Sentinel.TrailHealth.Integrity;

namespace KmsLab.Sentinel.Replay;

/// <summary>Makes <c>Sentinel verify s3://bucket</c>: says whether a trail's files are those that CloudTrail delivered.</summary>
internal static class VerifyCommand
{
    private const string About = "Verify the digests in a trail's bucket: their signatures, their chain, and the hash of each file that they list. "
        + "Exit code: 0 if all is as CloudTrail delivered it, 2 if something is not, 4 if there was no digest, 1 on an error.";

    /// <summary>No digest was found: that is no all-clear.</summary>
    private const int Nothing = 4;

    private static readonly Argument<string> PathArgument = new("path") { Description = "The bucket, or a folder in it, such as s3://bucket/AWSLogs/111122223333/." };

    private static readonly Option<DateTimeOffset?> From = ReplayCommand.Instant("--from", "Leave out digests from before this time, such as 2026-11-23 or 2026-11-23T12:00:00Z.");

    private static readonly Option<DateTimeOffset?> To = ReplayCommand.Instant("--to", "Leave out digests from later than a day after this time.");

    private static readonly Option<bool> Json = new("--json") { Description = "Print JSON." };

    private static readonly Option<string?> Config = new("--config") { Description = "A JSON file with a section AWS, besides the environment." };

    public static Command Create()
    {
        var command = new Command("verify", About) { PathArgument, From, To, Json, Config };
        command.SetAction((parsed, cancellationToken) =>
        {
            var options = new ReplayOptions(
                parsed.GetRequiredValue(PathArgument), null, parsed.GetValue(From), parsed.GetValue(To), parsed.GetValue(Json), parsed.GetValue(Config));
            return ReplayProgram.GuardAsync(options, () => RunAsync(options, cancellationToken), "verify");
        });
        return command;
    }

    private static async Task<int> RunAsync(ReplayOptions options, CancellationToken cancellationToken)
    {
        if (S3Place.Parse(options.Path) is not { } place)
            throw new ReplayException($"'{options.Path}' names no bucket: write it as s3://bucket or s3://bucket/AWSLogs/111122223333/.");

        using var host = S3Replay.Build(options.Config);
        var report = await VerifyAsync(host.Services, place, options, cancellationToken);
        if (options.Json)
            Console.WriteLine(JsonSerializer.Serialize(report, VerifyJson.Default.VerifyReport));
        else
            await PrintAsync(report, place);
        return report.Problems.Count > 0 ? ReplayProgram.Alarms : report.Unknown.Count > 0 ? ReplayProgram.Failed : report.Digests == 0 ? Nothing : ReplayProgram.Quiet;
    }

    private static async Task<VerifyReport> VerifyAsync(
        IServiceProvider services, S3Place place, ReplayOptions options, CancellationToken cancellationToken)
    {
        var (listing, bucket, verifier) =
            (services.GetRequiredService<TrailListing>(), services.GetRequiredService<TrailBucket>(), services.GetRequiredService<DigestVerifier>());
        var (digests, files, valid) = (0, 0, 0);
        // A digest that is missing is missed by the one after it; both looks tell the same.
        HashSet<IntegrityProblem> problems = [];
        HashSet<string> unknown = [];
        await foreach (var found in listing.ListAsync(place, TrailObjectKind.Digest, options.From, options.To, cancellationToken))
        {
            var fetched = await bucket.FetchAsync(found.Object.Bucket, found.Object.Key, null, cancellationToken);
            var verified = await verifier.VerifyAsync(found.Object, null, fetched, cancellationToken);
            (digests, files, valid) = (digests + 1, files + (verified.Digest?.Files.Count ?? 0), valid + verified.Valid);
            problems.UnionWith(verified.Problems);
            if (verified.Unknown is { } why)
                unknown.Add(why);
        }

        return new(digests, files, valid, [.. problems], [.. unknown]);
    }

    private static async Task PrintAsync(VerifyReport report, S3Place place)
    {
        foreach (var problem in report.Problems)
            await Console.Out.WriteLineAsync($"{problem.Place} {problem.What}");
        foreach (var why in report.Unknown)
            await Console.Error.WriteLineAsync(why);
        await Console.Out.WriteLineAsync($"{report.Digests} digests, {report.Valid} of {report.Files} files as CloudTrail delivered them, {report.Problems.Count} problems");
        if (report.Digests == 0)
            await Console.Error.WriteLineAsync($"There is no digest at {place} in this time, so this is no all-clear: does the trail validate its files (EnableLogFileValidation)?");
    }
}

/// <summary>What <c>verify</c> found.</summary>
/// <param name="Digests">How many digests it looked at.</param>
/// <param name="Files">How many files these list.</param>
/// <param name="Valid">How many of the files are as they were delivered.</param>
/// <param name="Problems">What is not.</param>
/// <param name="Unknown">Why something could not be looked at.</param>
internal sealed record VerifyReport(int Digests, int Files, int Valid, IReadOnlyList<IntegrityProblem> Problems, IReadOnlyList<string> Unknown);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;
