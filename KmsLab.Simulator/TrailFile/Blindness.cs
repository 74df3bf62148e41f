using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>What a trail leaves out while it is blinded: the files then lack it, as they would.</summary>
internal sealed class Blindness
{
    private bool _isKmsExcluded;
    private bool _isStopped;

    /// <summary>Whether a call gets to the trail. The calls that blind it and those that end that do.</summary>
    public bool Delivers(Step step, string source)
    {
        switch (step.Act)
        {
            case SelectEvents select:
                _isKmsExcluded = select.Selection != EventSelection.All;
                return !_isStopped;
            case OnTrail { Operation: "StopLogging" }:
                _isStopped = true;
                return true;
            case OnTrail { Operation: "StartLogging" }:
                _isStopped = false;
                return true;
            default:
                return !_isStopped && !(_isKmsExcluded && source == "kms.amazonaws.com");
        }
    }
}
