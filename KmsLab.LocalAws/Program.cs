using KmsLab.LocalAws;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync(LocalAwsProgram.Description, args, builder => builder.AddLocalAws(), app => app.MapLocalAws());
