namespace KmsLab.Sentinel.Access;

/// <summary>A Content-Security-Policy of a page's own, in place of <see cref="SecurityHeaders.Policy"/>: a feature of its request.</summary>
/// <param name="Value">The policy.</param>
internal sealed record PagePolicy(string Value);
