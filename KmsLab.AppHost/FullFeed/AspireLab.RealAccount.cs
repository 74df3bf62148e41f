using Amazon;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost;

/// <summary>
/// A real account, compiled on a full feed only.
/// There <c>aws/dev.yaml</c> provisions the key, the trail with its log group, and the topic.
/// </summary>
internal sealed partial class AspireLab
{
    partial void AddRealAccount(IResourceBuilder<ProjectResource> cryptoApi, IResourceBuilder<ProjectResource> sentinel, ref bool added)
    {
        var account = builder.AddAWSSDKConfig().WithRegion(Region());
        if (settings["Lab:Profile"] is { } profile)
            account.WithProfile(profile);

        var template = Path.Combine(builder.AppHostDirectory, "..", "aws", "dev.yaml");
        var stack = builder.AddAWSCloudFormationTemplate("kmslab-dev", template).WithReference(account);

        cryptoApi.WithReference(account).WithEnvironment("CryptoApi__KmsKeyId", stack.GetOutput("KeyArn")).WaitFor(stack);
        sentinel.WithReference(account)
            .WithEnvironment("Sentinel__LogGroups__0", stack.GetOutput("LogGroup"))
            .WithEnvironment("Sentinel__ProtectedSets__vault__Keys__0", stack.GetOutput("KeyArn"))
            .WithEnvironment("Sentinel__Notifications__Sns__TopicArn", stack.GetOutput("TopicArn"))
            .WaitFor(stack);
        added = true;
    }

    /// <summary>There is no default: a stack in the wrong Region is hard to find again.</summary>
    private RegionEndpoint Region() => (settings["Lab:Region"] ?? settings["AWS_REGION"] ?? settings["AWS_DEFAULT_REGION"]) is { } region
        ? RegionEndpoint.GetBySystemName(region)
        : throw new LabException("Lab:Region is not set. Say where to provision, such as --Lab:Region=eu-west-1.");
}
