using KmsLab.AppHost;

return await LabProgram.RunAsync(args);
