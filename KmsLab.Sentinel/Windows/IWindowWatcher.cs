using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Windows;

/// <summary>Hears of what windows hold: the alarms, which rest on them.</summary>
internal interface IWindowWatcher
{
    /// <summary>A group has a new record: if it has an alarm, the record may belong to its evidence.</summary>
    void Touch(ConfiguredDetection detection, GroupWindow window, Evidence record);

    /// <summary>A record reached the threshold.</summary>
    void Report(ConfiguredDetection detection, GroupWindow window, Violation violation, Limit limit, TurnMoment moment);

    /// <summary>A record was corrected, or so another one says.</summary>
    void Withdraw(string eventId);
}
