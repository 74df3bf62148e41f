namespace KmsLab.Sentinel.Leadership;

/// <summary>Only the leader may do this, and this process does not lead, or no longer does. Nothing was written.</summary>
internal sealed class NotLeadingException() : Exception("Another Sentinel leads. GET /api/status says which.");
