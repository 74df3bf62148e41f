namespace KmsLab.Sentinel.Publishing.Heartbeats;

/// <summary>Calls the heartbeat's address, and remembers how that went.</summary>
internal sealed partial class HeartbeatSender(HeartbeatOptions options, HttpSender sender, HeartbeatState state, TimeProvider time, ILogger<HeartbeatSender> logger)
{
    private readonly Uri? _url = options.ReadUrl() is { Length: > 0 } url ? new(url) : null;

    public bool IsOn => _url is not null;

    /// <summary>Begins: from now on the status shows it.</summary>
    public void Start() => state.Current = new("starting", null, null);

    /// <summary>Calls the address.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(options.Method == HeartbeatMethod.Post ? HttpMethod.Post : HttpMethod.Get, _url);
        var outcome = await sender.SendAsync(request, cancellationToken);
        if (outcome.Kind == SendOutcomeKind.Sent)
            state.Current = new("beating", time.GetUtcNow(), null);
        else
            Become("failing", outcome.Problem!);
    }

    /// <summary>Notes that another Sentinel leads, and beats.</summary>
    public void StandBy() => state.Current = new("standby", state.Current?.LastSent, null);

    /// <summary>Notes that nothing is sent, for Sentinel does not work.</summary>
    public void Withhold(string problem) => Become("withheld", problem);

    private void Become(string word, string problem)
    {
        if (state.Current?.State != word)
            Log.Silent(logger, word, problem);
        state.Current = new(word, state.Current?.LastSent, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The heartbeat is {State}: {Problem}")]
        public static partial void Silent(ILogger logger, string state, string problem);
    }
}
