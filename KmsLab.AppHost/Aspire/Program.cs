using KmsLab.AppHost;

try
{
    AspireLab.Create(args).Build().Run();
    return 0;
}
catch (LabException problem) // A wrong option: one line that says what to do.
{
    await Console.Error.WriteLineAsync($"KmsLab could not start: {problem.Message}");
    return 1;
}
