using Amazon.CloudTrail;
using Amazon.CloudTrail.Model;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using KmsLab.Simulator;
using KmsLab.Tests.InProcess;

namespace KmsLab.Tests.EndToEnd;

/// <summary>Scenarios played in the lab by the simulator itself.</summary>
public sealed class LabScenarioTests
{
    [Fact]
    public async Task Attack_that_is_stopped_after_any_of_its_calls_leaves_everything_as_it_was()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var trail = lab.Trail();
        using var kms = lab.Kms();
        var before = (await TrailAsync(trail), await KeyAsync(kms));
        before.Item2.State.ShouldBe("Enabled");

        foreach (var (scenario, calls) in new[] { ("key-tampering", 8), ("trail-blinding", 6), ("grant-backdoor", 4) })
        {
            for (var call = 1; call < calls; call++)
            {
                using var stop = new CancellationTokenSource();
                var after = new After(call, stop.Cancel);
                await Should.ThrowAsync<OperationCanceledException>(() => PlayAsync(lab, scenario, after, stop.Token));
                (await TrailAsync(trail), await KeyAsync(kms)).ShouldBe(before, $"{scenario}, stopped after {call} calls");
            }
        }
    }

    [Fact]
    public async Task Stopped_attack_says_what_it_could_not_put_right_and_how_to()
    {
        using var folder = new TempFolder();
        await using var lab = await InProcessLab.StartAsync(folder.Path);
        using var kms = lab.Kms();
        var key = (await KeyAsync(kms)).Arn;
        using var stop = new CancellationTokenSource();
        var meddling = Task.CompletedTask;

        // A key that somebody else schedules for deletion can't be enabled.
        var after = new After(1, () =>
        {
            meddling = kms.ScheduleKeyDeletionAsync(new ScheduleKeyDeletionRequest { KeyId = key, PendingWindowInDays = 7 }, Cancellation);
            SpinWait.SpinUntil(() => meddling.IsCompleted, TimeSpan.FromSeconds(30));
            stop.Cancel();
        });
        var problem = await Should.ThrowAsync<SimulatorException>(() => PlayAsync(lab, "key-tampering", after, stop.Token));

        await meddling;
        problem.Message.ShouldStartWith("key-tampering is over, but not all that it changed is as it was.\nNot put right: the key's state, because ");
        var endpoint = lab.LocalAws.GetLeftPart(UriPartial.Authority);
        problem.Message.ShouldContain($"  aws --endpoint-url {endpoint} --region us-east-1 kms enable-key --key-id {key}");
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static Task<GroundTruth> PlayAsync(InProcessLab lab, string scenario, After after, CancellationToken stop) =>
        new LiveSimulator(lab.Target, TimeProvider.System).RunAsync(scenario, new LiveSettings(1, Speed: 3000), after, stop);

    private static async Task<(bool? IsLogging, int Advanced, string Selectors)> TrailAsync(AmazonCloudTrailClient trail)
    {
        var status = await trail.GetTrailStatusAsync(new GetTrailStatusRequest { Name = "kmslab" }, Cancellation);
        var selectors = await trail.GetEventSelectorsAsync(new GetEventSelectorsRequest { TrailName = "kmslab" }, Cancellation);
        var basic = (selectors.EventSelectors ?? []).Select(one => $"{one.ReadWriteType} {one.IncludeManagementEvents} {string.Join(' ', one.ExcludeManagementEventSources ?? [])}");
        return (status.IsLogging, selectors.AdvancedEventSelectors?.Count ?? 0, string.Join(',', basic));
    }

    private static async Task<(string Arn, string State, string Policy, int Grants)> KeyAsync(AmazonKeyManagementServiceClient kms)
    {
        var key = (await kms.DescribeKeyAsync(new DescribeKeyRequest { KeyId = "alias/kmslab" }, Cancellation)).KeyMetadata;
        var policy = (await kms.GetKeyPolicyAsync(new GetKeyPolicyRequest { KeyId = key.Arn, PolicyName = "default" }, Cancellation)).Policy;
        return (key.Arn, key.KeyState.Value, policy, (await kms.ListGrantsAsync(new ListGrantsRequest { KeyId = key.Arn }, Cancellation)).Grants?.Count ?? 0);
    }

    /// <summary>Does something once, between two calls of a run.</summary>
    private sealed class After(int calls, Action action) : IProgress<ScenarioProgress>
    {
        private bool _done;

        public void Report(ScenarioProgress value)
        {
            if (_done || value.Phase is not ("running" or "putting right") || value.Done < calls)
                return;
            _done = true;
            action();
        }
    }
}
