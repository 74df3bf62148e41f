using KmsLab.Sentinel;
using KmsLab.Sentinel.Api;
using KmsLab.Sentinel.Detection;
using KmsLab.Sentinel.Replay;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.ApiKeys;

return args switch
{
    ["new-api-key", .. var rest] => ApiKey.Print(rest is [var client] ? client : "", ApiOptions.KeysSection, Console.Out),
    [ReplayCommand.Name, .. var rest] => await ReplayCommand.RunAsync(rest),
    [DetectionPage.Command] => DetectionPage.Print(Console.Out),
    _ => await ServiceProgram.RunAsync("Sentinel", args, builder => builder.AddSentinel(), app => app.MapSentinel()),
};
