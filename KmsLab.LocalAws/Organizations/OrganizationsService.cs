using System.Text.Json.Serialization;
using KmsLab.LocalAws.Access;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Organizations;

/// <summary>AWS Organizations, as far as readers of an organization trail ask it: which organization is this.</summary>
internal sealed class OrganizationsService : AwsService
{
    private readonly Organization _organization;

    public OrganizationsService(Organization organization) : base("organizations", "organizations.amazonaws.com")
    {
        _organization = organization;
        TargetPrefix = "AWSOrganizationsV20161128";
        ValidationError = "InvalidInputException";
        InternalError = "ServiceException";

        Add("DescribeOrganization", OnTrail.Read, () => OrganizationsJson.Wire.DescribeOrganizationRequest, () => OrganizationsJson.Wire.DescribeOrganizationResponse, Describe);
    }

    private DescribeOrganizationResponse Describe(AwsCall call, DescribeOrganizationRequest request)
    {
        if (!_organization.Has(call.Account))
            throw new AwsException("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.");
        return new()
        {
            Organization = new()
            {
                Id = _organization.Id,
                Arn = _organization.Arn(call.Region),
                FeatureSet = "ALL",
                MasterAccountArn = _organization.Arn(call.Region, _organization.ManagementAccount),
                MasterAccountId = _organization.ManagementAccount,
                MasterAccountEmail = $"{_organization.ManagementAccount}@localaws.invalid",
                AvailablePolicyTypes = [],
            },
        };
    }
}

internal sealed class DescribeOrganizationRequest;

internal sealed class DescribeOrganizationResponse
{
    public OrganizationDescription? Organization { get; set; }
}

internal sealed class OrganizationDescription
{
    public string? Id { get; set; }
    public string? Arn { get; set; }
    public string? FeatureSet { get; set; }
    public string? MasterAccountArn { get; set; }
    public string? MasterAccountId { get; set; }
    public string? MasterAccountEmail { get; set; }
    public List<PolicyType>? AvailablePolicyTypes { get; set; }
}

/// <summary>A kind of policies, of which there are none here.</summary>
internal sealed class PolicyType;

[JsonSerializable(typeof(DescribeOrganizationRequest))]
[JsonSerializable(typeof(DescribeOrganizationResponse))]
internal sealed partial class OrganizationsJson : JsonSerializerContext
{
    /// <summary>The contracts, with AWS's way of writing JSON.</summary>
    public static readonly OrganizationsJson Wire = new(AwsJson.Options());
}
