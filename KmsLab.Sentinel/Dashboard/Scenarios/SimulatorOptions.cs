using Microsoft.Extensions.Options;

namespace KmsLab.Sentinel.Dashboard.Scenarios;

/// <summary>The section <c>Sentinel:Simulator</c>: the simulator whose scenarios the page offers. For the lab.</summary>
internal sealed class SimulatorOptions
{
    public const string Section = "Sentinel:Simulator";

    /// <summary>Its address, such as <c>http://localhost:5070</c>. Empty: there is none, and no page for it.</summary>
    public string? Url { get; set; }
}

internal sealed class SimulatorOptionsValidator : IValidateOptions<SimulatorOptions>
{
    public ValidateOptionsResult Validate(string? name, SimulatorOptions options) =>
        string.IsNullOrEmpty(options.Url) || (Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Sentinel:Simulator:Url is no address: write it as http://localhost:5070.");
}
