namespace KmsLab.Sentinel.Alarms;

/// <summary>Takes notifications that people are to have; they are committed with the turn that wrote them.</summary>
internal interface IOutbox
{
    void Add(Notification notification);
}
