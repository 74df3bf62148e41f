using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>
/// The bucket of the trail that exists from the first start; a state of an older version gets it, too. Once: who deletes it in the lab has deleted it, and the
/// trail says so.
/// </summary>
internal sealed class ProvisionedBucket(StateStore store, Trails trails, BucketStore buckets, IOptions<LocalAwsOptions> options, TimeProvider time)
{
    public async Task ProvisionAsync()
    {
        var (settings, scope) = (options.Value.Trail, new RegionScope(options.Value.AccountId, options.Value.Region));
        if (settings.Name.Length == 0 || trails.Find(scope, settings.Name) is not { } trail)
            return;

        var name = trail.Definition.S3BucketName;
        if (name != ProvisionedTrail.BucketOf(settings.Name, scope) || WasProvisioned(scope, name))
            return;

        var last = store.Enqueue(session => session.Execute("INSERT INTO trail_provisioned (account, region, name) VALUES ($1, $2, $3)", scope.Account, scope.Region, MarkOf(name)));
        await (buckets.TryAdd(scope, new() { Name = name, Key = Guid.NewGuid().ToString("N"), Created = time.GetUtcNow() }) ?? last);
        await last;
    }

    private bool WasProvisioned(RegionScope scope, string name) => store.Read(connection => connection.Query(
        "SELECT 1 FROM trail_provisioned WHERE account = $1 AND region = $2 AND name = $3", row => true, scope.Account, scope.Region, MarkOf(name)).Count > 0);

    /// <summary>No trail is named so.</summary>
    private static string MarkOf(string bucket) => $"s3:{bucket}";
}
