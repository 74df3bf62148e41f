using KmsLab.Sentinel.Turns;

namespace KmsLab.Tests.Sentinel;

/// <summary>What stands for a kill in tests: nothing catches it but the test.</summary>
internal sealed class SimulatedCrashException : Exception;

/// <summary>Crashes when a step is reached for the given time.</summary>
internal sealed class CrashPlan(TurnStep step, int time)
{
    private int _left = time;

    public void Reached(TurnStep reached)
    {
        if (reached == step && --_left == 0)
            throw new SimulatedCrashException();
    }
}

/// <summary>A logger that crashes its caller where the plan says, and keeps the messages.</summary>
internal sealed class CrashingLogger<T>(CrashPlan? plan, List<string> messages) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == "Step").Value is TurnStep step)
            plan?.Reached(step);
        else
            messages.Add($"{logLevel} {formatter(state, exception)}");
    }
}
