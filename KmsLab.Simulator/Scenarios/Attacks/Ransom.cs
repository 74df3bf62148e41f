using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary><c>ransom</c>: a key made for the purpose, and data keys under it for everything that there is.</summary>
internal static class Ransom
{
    private const string Key = "ransom";
    private const string BucketKey = "ransom-bucket";
    private const int Buckets = 4;
    private const int Objects = 150;

    public static Plan Plan(Stage stage)
    {
        var draws = stage.Draws("objects");
        var interval = stage.Length / Objects;
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new MakeKey(Key)),
            .. Enumerable.Range(1, Objects).Select(i =>
                new Step(stage.At + (interval * i), Cast.Insider, new UseKey(draws.Happens(0.8) ? "GenerateDataKey" : "Encrypt", Key, ("object", FormattableString.Invariant($"{i}"))))),
        ]);
    }

    /// <summary><c>ransom-bucket-keys</c>: whole buckets are encrypted anew, and each call stands for thousands of objects.</summary>
    public static Plan ThroughBucketKeys(Stage stage)
    {
        var interval = stage.Length / Buckets;
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new MakeKey(BucketKey)),
            .. Enumerable.Range(1, Buckets).Select(i => new Step(
                stage.At + (interval * i), Cast.InsiderThroughS3, new UseKey("GenerateDataKey", BucketKey, ("aws:s3:arn", FormattableString.Invariant($"arn:aws:s3:::archive-{i}"))))),
        ]);
    }
}
