namespace KmsLab.Simulator;

/// <summary>Runs scenarios for real: HTTP calls to CryptoApi, SDK calls to the AWS endpoint, with credentials of their own.</summary>
public sealed class LiveSimulator(LabTarget target, TimeProvider time)
{
    /// <summary>Runs one scenario and puts right what it changed.</summary>
    /// <param name="scenarioId">Its id.</param>
    /// <param name="settings">How it goes.</param>
    /// <param name="progress">Told of each step.</param>
    /// <param name="cancellationToken">Ends it; what was changed is put right all the same.</param>
    /// <returns>What was an attack, and when.</returns>
    /// <exception cref="SimulatorException">It can't run so; the message says what to change.</exception>
    public Task<GroundTruth> RunAsync(string scenarioId, LiveSettings settings, IProgress<ScenarioProgress>? progress, CancellationToken cancellationToken) =>
        throw new NotImplementedException($"{target} {time} {scenarioId} {settings} {progress} {cancellationToken}");
}
