using System.CommandLine;
using KmsLab.ServiceDefaults;
using KmsLab.Simulator.Service;

namespace KmsLab.Simulator.Commands;

/// <summary><c>serve</c>: the simulator as a service. What follows it is configuration, so the parser only lists it.</summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private const string About = "Offers the scenarios over HTTP, at http://localhost:5070 unless --Simulator:Url says otherwise.";

    private static readonly string[] Help = ["--help", "-h", "-?", "/?", "/h"];

    public static Command Create() => new(Name, About);

    /// <summary>Tells whether the service is asked for.</summary>
    public static bool IsAsked(string[] args) => args is [Name, ..];

    /// <summary>Runs the service until a signal, or shows what can be set.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] configuration)
    {
        if (!configuration.Any(Help.Contains))
        {
            return await ServiceProgram.RunAsync(
                SimulatorOptions.Section, configuration, builder => builder.AddSimulator(), app => app.MapSimulator());
        }

        await Console.Out.WriteLineAsync($"""
            {About}
            What follows is configuration:

              serve --Simulator:Url=http://localhost:5071 --Simulator:Database=Sqlite "--ConnectionStrings:vault=Data Source=vault.db"

            {SimulatorOptions.Help}
            """);
        return SimulatorCommand.Done;
    }
}
