namespace KmsLab.Sentinel.Jobs;

/// <summary>
/// Something that Sentinel does of its own accord beside reading: it makes a canary call, looks at the trail. The loop gives each a moment now and then,
/// also while a long read goes on, inside the <see cref="EngineGate"/> and only while this Sentinel leads: a job may look at what the pipeline knows and
/// take turns.
/// </summary>
/// <remarks>
/// It must not wait for AWS, which <see cref="BackgroundCall{T}"/> does beside the loop. Only our own cancellation and a failing database leave it; whatever
/// else goes wrong is its own to report.
/// </remarks>
internal interface IJob
{
    /// <summary>Does what is due.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
