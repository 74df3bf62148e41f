using KmsLab.Simulator.Commands;

return await SimulatorCommand.RunAsync(args);
