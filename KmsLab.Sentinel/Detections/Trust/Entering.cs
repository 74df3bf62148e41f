using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>Ways to a trusted role through what vouches for it: an instance that runs with it, an identity provider or trust anchor that its trust names.</summary>
/// <remarks>Which instances run with it and whom its trust names is learned from records: neither call names the role.</remarks>
internal static class Entering
{
    /// <summary>The trusted role that the call gets near; null when it gets near none.</summary>
    public static Reached? Of(Observation observation, IReadOnlyList<string> trusted)
    {
        if (observation.Record.Identity.InvokedBy is not null)
            return null;
        if (observation.InstanceRole is { } role && IsEntry(observation) && TrustedPrincipals.ByArn(trusted, role) is { } run)
            return new(run, $"{observation.Record.EventName} on an instance that runs with the role");
        return observation.FederatedRole is { } federated && IsChangeOfProvider(observation.Record.EventName) && TrustedPrincipals.ByArn(trusted, federated) is { } vouched
            ? new(vouched, $"{observation.Record.EventName} on a provider that may vouch for it")
            : null;
    }

    private static bool IsEntry(Observation observation) => observation.Record.EventName switch
    {
        "SendCommand" or "StartSession" or "ResumeSession" or "StartAutomationExecution" or "CreateAssociation" or "CreateAssociationBatch" or "UpdateAssociation" or "StartAssociationsOnce"
            or "SendSSHPublicKey" or "SendSerialConsoleSSHPublicKey" or "GetConnectionToken" => true,
        "ModifyInstanceAttribute" => observation.Parameters.ValueKind != System.Text.Json.JsonValueKind.Object
            || observation.Parameter("attribute") == "userData" || Observation.Member(observation.Parameters, "userData").ValueKind != System.Text.Json.JsonValueKind.Undefined,
        _ => false,
    };

    private static bool IsChangeOfProvider(string operation) => operation is "CreateSAMLProvider" or "UpdateSAMLProvider" or "CreateOpenIDConnectProvider" or "AddClientIDToOpenIDConnectProvider"
        or "UpdateOpenIDConnectProviderThumbprint" or "CreateTrustAnchor" or "UpdateTrustAnchor" or "EnableTrustAnchor" or "ImportCrl" or "DisableCrl" or "DeleteCrl";
}
