using KmsLab.Sentinel.Turns;

namespace KmsLab.Benchmarks.Sentinel;

/// <summary>Adds up how long turns take to reach each of their steps.</summary>
internal sealed class StepTimes
{
    private readonly SortedDictionary<TurnStep, TimeSpan> _times = [];
    private long _last = TimeProvider.System.GetTimestamp();

    public ILogger<T> For<T>() => new StepLogger<T>(this);

    public override string ToString()
    {
        var total = _times.Where(step => step.Key != TurnStep.Read).Sum(step => step.Value.TotalSeconds);
        return string.Join(", ", _times.Where(step => step.Key != TurnStep.Read).Select(step => $"{step.Key} {step.Value.TotalSeconds / total:P0}"));
    }

    private void Reached(TurnStep step)
    {
        var now = TimeProvider.System.GetTimestamp();
        _times[step] = _times.GetValueOrDefault(step) + TimeProvider.System.GetElapsedTime(_last, now);
        _last = now;
    }

    private sealed class StepLogger<T>(StepTimes times) : ILogger<T>
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (state is IEnumerable<KeyValuePair<string, object?>> values && values.FirstOrDefault(value => value.Key == "Step").Value is TurnStep step)
                times.Reached(step);
        }
    }
}
