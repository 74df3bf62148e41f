using System.Collections.Concurrent;
using System.Net;
using Aspire.Hosting.ApplicationModel;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>The database killed, stopped and started again by its commands, while secrets are written.</summary>
[Collection(PostgresApplicationTests.Name)]
public sealed class DatabaseOutageTests(PostgresApplication postgres)
{
    private const int Writers = 4;

    /// <summary>Secrets that must be acknowledged before the outage, and after it.</summary>
    private const int Some = 20;

    [Fact]
    public async Task Acknowledged_secrets_survive_kill_and_start() => await SurviveAsync(async application =>
    {
        LabProcess.Signal("KILL", postgres.Cluster.ServerId);
        await application.UntilEndedAsync("postgres");
        return KnownResourceCommands.StartCommand;
    });

    [Fact]
    public async Task Acknowledged_secrets_survive_stop_and_start() => await SurviveAsync(async application =>
    {
        await application.CommandAsync("postgres", KnownResourceCommands.StopCommand);
        return KnownResourceCommands.StartCommand;
    });

    [Fact]
    public async Task Acknowledged_secrets_survive_a_restart() =>
        await SurviveAsync(_ => Task.FromResult(KnownResourceCommands.RestartCommand));

    /// <summary>Nothing that was acknowledged is lost, what is not is refused clearly, and all goes on by itself.</summary>
    /// <param name="takeAway">Takes the database away, and names the command that brings it back.</param>
    private async Task SurviveAsync(Func<AspireApplication, Task<string>> takeAway)
    {
        var application = postgres.Application;
        using var over = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var load = new Load(application);
        var writers = Enumerable.Range(0, Writers).Select(_ => load.WriteAsync(over.Token)).ToList();
        await Load.UntilMoreAsync(load.Acknowledged, Some);

        var command = await takeAway(application);
        if (command == KnownResourceCommands.StartCommand)
            await Load.UntilMoreAsync(load.Refused, Writers);
        await application.CommandAsync("postgres", command);

        await Load.UntilMoreAsync(load.Acknowledged, Some);
        await application.UntilHealthyAsync();
        await over.CancelAsync();
        await Task.WhenAll(writers);
        load.Refused.ShouldAllBe(answer => answer.Status == HttpStatusCode.ServiceUnavailable
            && answer.Type == "application/problem+json"
            && answer.Body.Contains("The database can't be reached.", StringComparison.Ordinal));
        await Parallel.ForEachAsync(load.Acknowledged, TestContext.Current.CancellationToken, async (secret, _) =>
        {
            using var answer = await application.DecryptAsync(secret.Name, secret.Key);
            answer.StatusCode.ShouldBe(HttpStatusCode.OK, secret.Name);
            (await RunningLab.JsonAsync(answer))["Text"]!.GetValue<string>().ShouldBe($"text of {secret.Name}");
        });
    }

    /// <summary>Secrets that are written, and what was answered.</summary>
    private sealed class Load(AspireApplication application)
    {
        private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

        public ConcurrentQueue<(string Name, string Key)> Acknowledged { get; } = new();

        public ConcurrentQueue<(HttpStatusCode Status, string? Type, string Body)> Refused { get; } = new();

        /// <summary>Writes one secret after the other, until told to stop.</summary>
        public async Task WriteAsync(CancellationToken cancellationToken)
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                var name = Guid.NewGuid().ToString();
                using var answer = await application.PostAsync("/encrypt", new { Name = name, Text = $"text of {name}" });
                if (answer.IsSuccessStatusCode)
                    Acknowledged.Enqueue((name, (await RunningLab.JsonAsync(answer))["Key"]!.GetValue<string>()));
                else
                    Refused.Enqueue((answer.StatusCode, answer.Content.Headers.ContentType?.MediaType, await TextAsync(answer)));
                await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
            }
        }

        /// <summary>Waits until there are so many more.</summary>
        public static async Task UntilMoreAsync<T>(ConcurrentQueue<T> answers, int more)
        {
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            deadline.CancelAfter(Patience);
            for (var goal = answers.Count + more; answers.Count < goal;)
                await Task.Delay(Pause, TimeProvider.System, deadline.Token);
        }

        private static Task<string> TextAsync(HttpResponseMessage answer) =>
            answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
