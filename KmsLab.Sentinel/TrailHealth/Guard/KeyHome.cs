using Amazon.KeyManagementService;

namespace KmsLab.Sentinel.TrailHealth.Guard;

/// <summary>Tells keys of the Region that Sentinel itself calls: the trail guard looks after these each minute.</summary>
internal sealed class KeyHome(IAmazonKeyManagementService kms)
{
    private readonly string? _region = kms.Config.RegionEndpoint?.SystemName ?? kms.Config.AuthenticationRegion;

    public bool Has(string keyArn) => keyArn.Split(':') is ["arn", _, "kms", var region, _, _, ..] && (_region is null || region == _region);
}
