using KmsLab.LocalAws.Logs;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Trail;

/// <summary>The trail that exists from the first start, with its log group. Once: who deletes it in the lab has deleted it.</summary>
internal sealed class ProvisionedTrail(StateStore store, Trails trails, LogStore logs, IOptions<LocalAwsOptions> options, TimeProvider time)
{
    public async Task ProvisionAsync()
    {
        var (settings, scope) = (options.Value.Trail, new RegionScope(options.Value.AccountId, options.Value.Region));
        if (settings.Name.Length == 0 || WasProvisioned(scope, settings.Name))
            return;

        var last = store.Enqueue(session => session.Execute("INSERT INTO trail_provisioned (account, region, name) VALUES ($1, $2, $3)", scope.Account, scope.Region, settings.Name));
        last = store.Enqueue(session => logs.EnsureGroup(session, scope, settings.LogGroup));
        if (trails.Find(scope, settings.Name) is null)
            trails.Add(scope.Account, Definition(settings, scope), _ => { }, write => last = store.Enqueue(write));
        await last;
    }

    /// <summary>The bucket of the trail that is there from the first start.</summary>
    public static string BucketOf(string trail, RegionScope scope) => $"{trail}-trail-{scope.Account}";

    private bool WasProvisioned(RegionScope scope, string name) => store.Read(connection => connection.Query(
        "SELECT 1 FROM trail_provisioned WHERE account = $1 AND region = $2 AND name = $3", row => true, scope.Account, scope.Region, name).Count > 0);

    private TrailDefinition Definition(TrailOptions settings, RegionScope scope) => new()
    {
        Name = settings.Name,
        HomeRegion = scope.Region,
        S3BucketName = BucketOf(settings.Name, scope),
        IsMultiRegionTrail = true,
        LogFileValidationEnabled = true,
        CloudWatchLogsLogGroupArn = LogGroupArn.Format(scope, settings.LogGroup),
        CloudWatchLogsRoleArn = scope.IamArn($"role/{settings.Name}-trail"),
        IsLogging = true,
        Started = time.GetUtcNow(),
    };
}
