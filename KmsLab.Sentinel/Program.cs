using KmsLab.Sentinel;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync(SentinelProgram.Description, args, builder => builder.AddSentinel(), app => app.MapSentinel());
