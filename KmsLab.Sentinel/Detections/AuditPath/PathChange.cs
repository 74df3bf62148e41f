namespace KmsLab.Sentinel.Detections.AuditPath;

/// <summary>A change of the path that the evidence comes through.</summary>
/// <param name="Kind">What was changed: trail, logGroup, bucket, topic, alarm, key or evidenceRole. Commands of the runbook name it so.</param>
/// <param name="Name">Its name or ARN.</param>
/// <param name="Detail">What became of it, such as <c>the trail no longer logs KMS reads</c>.</param>
internal sealed record PathChange(string Kind, string Name, string Detail);
