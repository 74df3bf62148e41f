using System.Text.RegularExpressions;
using KmsLab.AppHost.Databases;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KmsLab.AppHost.Running;

/// <summary>Waits until every resource is healthy, and says in one line why one is not.</summary>
internal sealed partial class LabReadiness(
    DistributedApplicationModel model, ResourceNotificationService notifications, ResourceLoggerService logs, TimeProvider time)
{
    /// <summary>An image may have to be pulled first.</summary>
    private static readonly TimeSpan ContainerPatience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan SlowPull = TimeSpan.FromSeconds(20);

    /// <summary>Waits.</summary>
    /// <exception cref="LabException">A resource ended, could not start, or does not become healthy.</exception>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(HasContainers ? ContainerPatience : Patience);
        var all = model.Resources.Where(IsAwaited).ToList();
        var waiting = all.Select(resource => WaitAsync(resource, deadline.Token)).ToList();
        var slow = HasContainers ? TellOfSlowPullAsync(waiting, deadline.Token) : Task.CompletedTask;
        try
        {
            // The first to fail speaks: whoever waits for it fails after it, and knows less.
            await foreach (var decided in Task.WhenEach(waiting))
                await decided;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException(NotHealthy(all));
        }
        finally
        {
            await deadline.CancelAsync();
            await slow.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string NotHealthy(IEnumerable<IResource> all)
    {
        var names = all
            .Where(one => !notifications.TryGetCurrentState(one.Name, out var current) || !IsHealthy(current))
            .Select(one => one.Name);
        return $"{string.Join(", ", names)} did not become healthy in time. "
            + "Try again on a quieter machine, or start the service alone to see its log.";
    }

    private bool HasContainers => model.Resources.OfType<ContainerResource>().Any();

    private static bool IsAwaited(IResource resource) => resource is ProjectResource or ContainerResource or InstalledPostgresResource;

    private async Task WaitAsync(IResource resource, CancellationToken cancellationToken)
    {
        ResourceEvent last;
        try
        {
            last = await notifications.WaitForResourceAsync(resource.Name, IsDecided, cancellationToken);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"{resource.Name} is gone before it was healthy.");
        }

        if (!IsHealthy(last))
            throw new LabException(await WhyAsync(resource, last, cancellationToken));
    }

    private static bool IsDecided(ResourceEvent current) =>
        IsHealthy(current) || KnownResourceStates.TerminalStates.Contains(current.Snapshot.State?.Text);

    private static bool IsHealthy(ResourceEvent current) =>
        current.Snapshot.State?.Text == KnownResourceStates.Running && current.Snapshot.HealthStatus == HealthStatus.Healthy;

    /// <summary>The service's own last words, which say what to change: a line, or one for each setting that is wrong.</summary>
    private async Task<string> WhyAsync(IResource resource, ResourceEvent last, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        await foreach (var batch in logs.GetAllAsync(last.ResourceId).WithCancellation(cancellationToken))
            lines.AddRange(batch.Select(one => one.Content));

        var first = lines.FindLastIndex(line => OwnWords().IsMatch(line));
        if (first >= 0)
        {
            var more = lines.Skip(first + 1).Select(line => MoreWords().Match(line)).TakeWhile(match => match.Success)
                .Select(match => match.Groups[1].Value);
            return string.Join(Environment.NewLine, more.Prepend(OwnWords().Match(lines[first]).Groups[1].Value));
        }

        var advice = resource is ContainerResource
            ? " Its image could not be pulled, or it could not run. "
                + "Another database: --Lab:Database=postgres or sqlite with another --data DIR."
            : "";
        var exit = last.Snapshot.ExitCode is { } code ? $" with exit code {code}" : "";
        return $"{resource.Name} is {last.Snapshot.State?.Text ?? "gone"}{exit}.{advice}";
    }

    private async Task TellOfSlowPullAsync(IReadOnlyList<Task> waiting, CancellationToken cancellationToken)
    {
        await Task.Delay(SlowPull, time, cancellationToken);
        if (!waiting.All(one => one.IsCompleted))
        {
            Console.WriteLine("Still starting: images may have to be pulled first. A lab without containers, in another data directory: "
                + "--Lab:Database=sqlite --data DIR");
        }
    }

    [GeneratedRegex(" could not start: (.*)$")]
    private static partial Regex OwnWords();

    /// <summary>Indented; the orchestrator puts a time before it.</summary>
    [GeneratedRegex("^(?:[0-9T:.-]+Z )?(  \\S.*)$")]
    private static partial Regex MoreWords();
}
