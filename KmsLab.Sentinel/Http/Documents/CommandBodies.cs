namespace KmsLab.Sentinel.Http.Documents;

// What the OpenAPI document says of bodies. They are read by CommandBody, strictly, and not bound to these.

/// <summary>The body of an acknowledgement.</summary>
/// <param name="Reason">Why, in a few words on one line.</param>
/// <param name="By">Who, where many share a key; stands in the history beside the key's name.</param>
internal sealed record AcknowledgeBody(string Reason, string? By = null);

/// <summary>The body of a silence: it ends with <paramref name="Until"/>, or after <paramref name="Duration"/>.</summary>
/// <param name="Reason">Why, in a few words on one line.</param>
/// <param name="By">Who, where many share a key; stands in the history beside the key's name.</param>
/// <param name="Until">The end, with its offset from UTC.</param>
/// <param name="Duration">Seconds from now.</param>
internal sealed record SilenceBody(string Reason, string? By = null, DateTimeOffset? Until = null, double? Duration = null);

/// <summary>The body of a test of channels.</summary>
/// <param name="Channel">One channel only; all where it is missing.</param>
internal sealed record TestBody(string? Channel = null);
