using System.Globalization;
using KmsLab.Sentinel.Detections;
using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Host;

/// <summary>Checks every option and reports all errors at once, each with what to change.</summary>
internal sealed class SentinelOptionsValidator : IValidateOptions<SentinelOptions>
{
    public ValidateOptionsResult Validate(string? name, SentinelOptions options)
    {
        var errors = new List<string>();
        Check(
            options.EventHistory || options.Sources.EffectiveLogGroups.Count + options.Sources.EffectiveTrailQueues.Count + options.Sources.EffectiveFiles.Count > 0,
            "Sentinel:LogGroups names no log group: set Sentinel:LogGroups:0 to the group that the trail delivers to, or Sentinel:TrailQueues:0 to the queue that hears of its "
                + "bucket's files, or Sentinel:EventHistory=true, or Sentinel:Files:0 to a folder of records");
        Check(
            options.Sources.EffectiveTrailQueues.All(IsQueueUrl),
            "Each of Sentinel:TrailQueues must be a queue's URL, such as https://sqs.eu-west-1.amazonaws.com/111122223333/kmslab-trail");
        Check(
            options.Sources.EffectiveTrailQueues.Distinct(StringComparer.Ordinal).Count() == options.Sources.EffectiveTrailQueues.Count,
            "Sentinel:TrailQueues names a queue twice");
        Check(options.Sources.EffectiveLogGroups.Distinct(StringComparer.Ordinal).Count() == options.Sources.EffectiveLogGroups.Count, "Sentinel:LogGroups names a group twice");
        Check(options.Judged.EffectiveEventSources.All(IsEventSource), "Sentinel:EventSources must be names such as kms.amazonaws.com");

        Check(options.LogsCallsPerSecond > 0, "Sentinel:LogsCallsPerSecond must be at least 1");
        Check(options.HeadReads > 0, "Sentinel:HeadReads must be at least 1");
        Positive(options.HeadInterval, nameof(options.HeadInterval));
        Positive(options.HeadWindow, nameof(options.HeadWindow));
        Positive(options.BucketSize, nameof(options.BucketSize));
        Positive(options.StandstillLimit, nameof(options.StandstillLimit));
        Check(options.AllowedLateness >= TimeSpan.Zero, "Sentinel:AllowedLateness must not be negative");
        Check(options.Sweeps.All(sweep => sweep.LookBack > TimeSpan.Zero && sweep.Every > TimeSpan.Zero), "Each of Sentinel:Sweeps needs a LookBack and an Every of more than zero");
        Check(options.Retention >= options.Sources.DeepestLookBack + TimeSpan.FromHours(1), "Sentinel:Retention must be one hour more than the deepest of Sentinel:Sweeps");
        errors.AddRange(options.Rates.Validate(options.BucketSize, options.Retention));
        Check(options.MaxSeries > 0, "Sentinel:MaxSeries must be at least 1");
        Check(options.MaxGroups > 0, "Sentinel:MaxGroups must be at least 1");

        errors.AddRange(DetectionCatalog.Check(options.Judged));
        errors.AddRange(options.NamedSets.SelectMany(set => set.Check($"Sentinel:ProtectedSets:{set.Name}")));
        errors.AddRange(options.Attestation.Check());
        errors.AddRange(options.Delivery.Check());
        errors.AddRange(options.Evidence.Check());
        errors.AddRange(options.Guard.Check());
        errors.AddRange(options.Flood.Check());
        errors.AddRange(options.Gaps.Check());
        errors.AddRange(options.Canary.Check(options.Delivery));
        errors.AddRange(options.Baselines.Validate(options.Retention, options.Detections));

        errors.AddRange(options.Notifications.Validate(DetectionCatalog.Ids(options.Judged), [.. options.ProtectedSets.Keys]));
        Check(options.Notifications.GiveUpAfter < options.Retention, "Sentinel:Notifications:GiveUpAfter must be less than Sentinel:Retention");
        errors.AddRange(options.Alarms.Validate());
        errors.AddRange(options.Metrics.Validate());
        errors.AddRange(options.Api.Validate());
        errors.AddRange(options.Access.Validate());
        errors.AddRange(options.Lease.Check());
        errors.AddRange(options.Names.Check());

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(bool holds, string error)
        {
            if (!holds)
                errors.Add(error);
        }

        void Positive(TimeSpan value, string option) =>
            Check(value > TimeSpan.Zero, string.Create(CultureInfo.InvariantCulture, $"Sentinel:{option} must be more than zero, for instance 00:00:05"));
    }

    private static bool IsQueueUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "https" or "http" && url.AbsolutePath.Length > 1;

    /// <summary>Only what is safe between the quotes of a filter pattern.</summary>
    private static bool IsEventSource(string source) => source.Length > 0 && source.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-');
}
