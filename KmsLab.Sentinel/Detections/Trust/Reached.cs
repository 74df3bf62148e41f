namespace KmsLab.Sentinel.Detections.Trust;

/// <summary>A trusted principal that somebody reached for.</summary>
/// <param name="Principal">Its ARN.</param>
/// <param name="How">What was done, such as <c>PutRolePolicy on the role</c>.</param>
internal sealed record Reached(string Principal, string How);
