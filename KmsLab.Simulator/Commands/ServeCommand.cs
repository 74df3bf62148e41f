using System.CommandLine;
using KmsLab.ServiceDefaults;
using KmsLab.Simulator.Service;

namespace KmsLab.Simulator.Commands;

/// <summary><c>serve</c>: the simulator as a service. What follows it is configuration, so the command line's parser only shows its help.</summary>
internal static class ServeCommand
{
    private const string Name = "serve";

    private static readonly string[] Help = ["--help", "-h", "-?", "/?", "/h"];

    public static Command Create() => new(
        Name,
        $"""
        Offers the scenarios over HTTP, at http://localhost:5070 unless --Simulator:Url says otherwise. What follows is configuration, as in
          serve --Simulator:Url=http://localhost:5071 --Simulator:Database=Sqlite "--ConnectionStrings:vault=Data Source=vault.db"

        {SimulatorOptions.Help}
        """)
    {
        TreatUnmatchedTokensAsErrors = false,
    };

    /// <summary>Whether the service is to be started.</summary>
    public static bool IsAsked(string[] args) => args is [Name, .. var rest] && !rest.Any(Help.Contains);

    /// <summary>Runs the service until a signal.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] configuration) =>
        ServiceProgram.RunAsync(SimulatorOptions.Section, configuration, builder => builder.AddSimulator(), app => app.MapSimulator());
}
