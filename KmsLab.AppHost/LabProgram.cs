using KmsLab.AppHost.Arguments;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;
using KmsLab.AppHost.Running;
using KmsLab.AppHost.Scenarios;
using KmsLab.AppHost.Services;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost;

/// <summary>The lab as a console program: start, say where everything is, run until a signal, stop in order.</summary>
internal static class LabProgram
{
    /// <summary>Exit code of a lab that could not start.</summary>
    private const int Failed = 1;

    /// <summary>Runs the lab, or what else the command line asks for.</summary>
    /// <returns>
    /// The exit code: 0 after a signal, 1 when the lab could not start; after a scenario that of <see cref="ScenarioPlayer"/>.
    /// </returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var command = new LabCommand();
        if (command.Answers(args))
            return 0;

        KeepCallsOnThisMachine();
        using var stop = new StopSignals();
        try
        {
            var arguments = command.Parse(args);
            var settings = LabSettings.Read(arguments);
            return await RunAsync(arguments, settings, stop.Token);
        }
        catch (LabException problem)
        {
            await Console.Error.WriteLineAsync($"KmsLab could not {problem.Aim}: {problem.Message}");
            return Failed;
        }
    }

    /// <summary>
    /// Keeps a developer's HTTP_PROXY out of health checks and of calls between the lab's programs, which inherit this.
    /// </summary>
    private static void KeepCallsOnThisMachine()
    {
        const string variable = "NO_PROXY";
        var others = Environment.GetEnvironmentVariable(variable) ?? Environment.GetEnvironmentVariable("no_proxy");
        var direct = new[] { others, "localhost", "127.0.0.1", "[::1]" }.Where(one => !string.IsNullOrEmpty(one));
        Environment.SetEnvironmentVariable(variable, string.Join(',', direct));
    }

    private static async Task<int> RunAsync(LabArguments arguments, LabSettings settings, CancellationToken stop)
    {
        var player = arguments.Scenario is { } id ? new ScenarioPlayer(ScenarioList.Find(id), arguments.Seed) : null;
        var path = settings["Lab:DataDirectory"] ?? DataDirectory.Default;
        // A lab that runs already has everything that a scenario needs.
        if (player is not null && RunningLab.Of(path) is { } running)
            return await player.PlayAsync(running.Simulator, stop);

        var builder = LabBuilder.Create(arguments, settings);
        if (builder.ExecutionContext.IsPublishMode)
            return await PublishAsync(builder, settings, path);

        using var data = DataDirectory.Open(path);
        Ports.Check(builder, settings);
        var database = DatabaseChooser.Choose(settings, data);
        await using var lab = Compose(builder, settings, data, database);
        try
        {
            await lab.StartAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return player is null ? 0 : ScenarioPlayer.Interrupted;
        }

        if (player is not null)
            return await player.PlayAsync(lab.Running!.Simulator, stop);
        await lab.RunToEndAsync(stop);
        return 0;
    }

    private static LabHost Compose(
        IDistributedApplicationBuilder builder, LabSettings settings, DataDirectory data, DatabaseChoice database)
    {
        new AspireLab(builder, settings, data, builder.AddDatabases(data, database.Database)).Compose();
        LabHost.Configure(builder);
        return new LabHost(builder.Build(), settings, data, database);
    }

    /// <summary>A manifest, or another step of a deployment: nothing of this machine goes into it.</summary>
    private static async Task<int> PublishAsync(IDistributedApplicationBuilder builder, LabSettings settings, string path)
    {
        var data = DataDirectory.Named(path);
        new AspireLab(builder, settings, data, builder.AddDatabases(data, LabDatabase.Container)).Compose();
        await builder.Build().RunAsync();
        return Environment.ExitCode;
    }
}
