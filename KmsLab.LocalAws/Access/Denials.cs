using KmsLab.LocalAws.Settings;
using KmsLab.LocalAws.Wire;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Access;

/// <summary>The refusals of <c>LocalAws:Denials</c>: all of IAM that this endpoint has.</summary>
internal sealed class Denials(IOptions<LocalAwsOptions> options)
{
    private readonly DenialOptions[] _denials = [.. options.Value.Denials];

    /// <summary>Refuses a call that a denial covers.</summary>
    /// <exception cref="AwsException">The service's access-denied error, worded as IAM's.</exception>
    public void Check(Principal caller, AwsService service, string operation, string resource)
    {
        foreach (var denial in _denials)
        {
            if (Covers(denial, caller, service, operation, resource))
                throw Refusal(caller, service, operation, resource);
        }
    }

    private static bool Covers(DenialOptions denial, Principal caller, AwsService service, string operation, string resource) =>
        (Wildcard.Matches(denial.Principal, caller.Arn) || Wildcard.Matches(denial.Principal, caller.StableArn))
        && denial.Actions.Exists(action => Wildcard.Matches(action, $"{service.ActionPrefix}:{operation}"))
        && (denial.Resources.Count == 0 || denial.Resources.Exists(pattern => Wildcard.Matches(pattern, resource)));

    private static AwsException Refusal(Principal caller, AwsService service, string operation, string resource) => new(
        service.AccessDeniedError,
        $"User: {caller.Arn} is not authorized to perform: {service.ActionPrefix}:{operation} on resource: {resource} with an explicit deny in an identity-based policy",
        service.XmlNamespace is null ? StatusCodes.Status400BadRequest : StatusCodes.Status403Forbidden);
}
