using KmsLab.LocalAws;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync("LocalAws", args, builder => builder.AddLocalAws(), app => app.MapLocalAws());
