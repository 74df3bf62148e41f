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

/// <summary>The body of a comment.</summary>
/// <param name="Text">The words, on one line.</param>
/// <param name="By">Who, where many share a key; stands in the history beside the key's name.</param>
internal sealed record CommentBody(string Text, string? By = null);

/// <summary>The body of a closure.</summary>
/// <param name="Verdict"><c>true</c>, <c>expected</c> or <c>false</c>.</param>
/// <param name="Reason">Why, in a few words on one line.</param>
/// <param name="By">Who, where many share a key; stands in the history beside the key's name.</param>
/// <param name="Incident">Closes all alarms of the incident.</param>
internal sealed record CloseBody(string Verdict, string Reason, string? By = null, bool? Incident = null);

/// <summary>Alarms to choose, each member a list of patterns with <c>*</c> and <c>?</c>; all members that are given have to match.</summary>
internal sealed record MatcherDocument(
    IReadOnlyList<string>? Detections = null, IReadOnlyList<string>? Severities = null, IReadOnlyList<string>? Sets = null, IReadOnlyList<string>? Accounts = null,
    IReadOnlyList<string>? Principals = null, IReadOnlyList<string>? Keys = null);

/// <summary>The body of a silence by matcher: it ends with <paramref name="Until"/>, or after <paramref name="Duration"/>.</summary>
/// <param name="Matcher">The alarms.</param>
/// <param name="Reason">Why, in a few words on one line.</param>
/// <param name="By">Who, where many share a key.</param>
/// <param name="Starts">From when on, with its offset from UTC; now where it is missing.</param>
/// <param name="Until">The end, with its offset from UTC.</param>
/// <param name="Duration">Seconds from now.</param>
internal sealed record MatchedSilenceBody(
    MatcherDocument Matcher, string Reason, string? By = null, DateTimeOffset? Starts = null, DateTimeOffset? Until = null, double? Duration = null);

/// <summary>The body of a preview.</summary>
/// <param name="Matcher">The alarms.</param>
internal sealed record PreviewBody(MatcherDocument Matcher);
