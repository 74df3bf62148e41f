using KmsLab.Sentinel.Policies;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>A key's policy and grants, as GetKeyPolicy and ListGrants answered.</summary>
/// <param name="KeyArn">The key.</param>
/// <param name="Policy">Its policy, JSON.</param>
/// <param name="Grants">Its grants.</param>
/// <param name="At">When they were asked.</param>
internal sealed record KeyReading(string KeyArn, string Policy, IReadOnlyList<KeyGrant> Grants, DateTimeOffset At);
