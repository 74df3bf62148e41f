using KmsLab.Sentinel;
using KmsLab.Sentinel.Api;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.ApiKeys;

if (args is ["new-api-key", .. var rest])
    return ApiKey.Print(rest is [var client] ? client : "", ApiOptions.KeysSection, Console.Out);

return await ServiceProgram.RunAsync("Sentinel", args, builder => builder.AddSentinel(), app => app.MapSentinel());
