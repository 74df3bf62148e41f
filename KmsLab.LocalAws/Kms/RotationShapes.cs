using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

internal sealed class EnableKeyRotationRequest : KeyRequest
{
    [Constraint(Min = 90, Max = 2560)]
    public int? RotationPeriodInDays { get; set; }
}

internal sealed class GetKeyRotationStatusResponse
{
    public bool? KeyRotationEnabled { get; set; }
    public string? KeyId { get; set; }
    public int? RotationPeriodInDays { get; set; }
    public DateTimeOffset? NextRotationDate { get; set; }
}

internal sealed class ListKeyRotationsRequest : ListRequest
{
    [Constraint(Required = true, MinLength = 1, MaxLength = 2048)]
    public string? KeyId { get; set; }

    [Constraint(Values = ["ALL_KEY_MATERIAL", "ROTATIONS_ONLY"])]
    public string? IncludeKeyMaterial { get; set; }
}

internal sealed class ListKeyRotationsResponse : ListResponse
{
    public List<RotationsListEntry>? Rotations { get; set; }
}

internal sealed class RotationsListEntry
{
    public string? KeyId { get; set; }
    public string? KeyMaterialId { get; set; }
    public string? KeyMaterialState { get; set; }
    public DateTimeOffset? RotationDate { get; set; }
    public string? RotationType { get; set; }
}
