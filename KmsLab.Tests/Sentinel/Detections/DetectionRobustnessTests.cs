using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.PolicyRecords;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Every detection on records that lack something.</summary>
public sealed class DetectionRobustnessTests
{
    [Fact]
    public void Records_that_lack_fields_make_nobody_fail()
    {
        foreach (var definition in DetectionCatalog.BuiltIn)
        {
            using var bench = new DetectionBench(definition);
            foreach (var record in (JsonObject[])
                     [
                         Kms("ScheduleKeyDeletion", new() { ["keyId"] = TestRecords.KeyArn }), PutPolicy(OpenToAll), Grant(Stranger, "Decrypt"), TestRecords.ReEncrypt(), TestRecords.ServiceEvent(),
                         TestRecords.CrossAccount("s"), TestRecords.Denied(), Kms("UpdateAlias", new() { ["aliasName"] = 5 }), Call("kms", "CreateKey", new() { ["tags"] = "x", ["origin"] = new JsonArray() }),
                         Call("s3", "PutBucketLifecycle", new() { ["bucketName"] = "b", ["LifecycleConfiguration"] = new JsonArray(1) }), Call("ecs", "RunTask", new() { ["taskDefinition"] = "" }),
                         Call("cloudtrail", "PutEventSelectors", new() { ["trailName"] = "t", ["advancedEventSelectors"] = new JsonArray(1, "x", new JsonObject()) }),
                     ])
            {
                foreach (var partial in WithoutEachField(record).Append(record))
                    Should.NotThrow(() => bench.Judge(partial), $"{definition.Id} on {partial.ToJsonString()}");
            }
        }
    }
}
