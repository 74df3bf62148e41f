using Amazon.KeyManagementService;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Which keys can be asked about: those of the Region that Sentinel calls. Asking for another's would be an error on the trail.</summary>
internal sealed class KeyHome(IAmazonKeyManagementService kms)
{
    private readonly string? _region = kms.Config.RegionEndpoint?.SystemName ?? kms.Config.AuthenticationRegion;

    public bool Has(string keyArn) => keyArn.Split(':') is ["arn", _, "kms", var region, _, _, ..] && (_region is null || region == _region);
}
