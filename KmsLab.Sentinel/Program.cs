using KmsLab.Sentinel;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync("Sentinel", args, builder => builder.AddSentinel(), app => app.MapSentinel());
