using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Detections;

/// <summary>Somebody reads more different records than usual: all at once, or one by one for weeks.</summary>
/// <remarks>
/// Two windows, two signals. Within a day each record counts once, whether the reader knows it or not: whoever dumps a store reads each record, not one
/// often. Over 30 days only records count that the reader had not read in the 31 days before: there a reader who always reads the same
/// hundred counts nothing, and one new record an hour stands out.
/// </remarks>
internal static class DecryptSpread
{
    public static DetectionDefinition Definition { get; } = new()
    {
        Id = "decrypt-spread",
        Title = "One reader reads unusually many different records in a day",
        Severity = Severity.High,
        Technique = "T1530",
        About = "How many different records of a protected set one reader reads in a day (UTC), beside what it does on such a day of the week. A reader is a client of the application where the call "
            + "carries a valid attestation, so that one client's bulk reading shows although every call is good; otherwise it is the principal. A reader that appears after the learning period is judged "
            + "by the threshold alone until 14 days of it are known. Reads by clients on their first day, up to 20 of each, are summed for the principal as well (client new clients): whoever has the "
            + "signing key can make a client tag for each call, and unusually many new tags are no better than one that reads a lot.",
        Why = "{principal} (client {client}) read {observed} different records of {set} within {window} from {first}; {expected} would have been normal. Known from {basis}.",
        Tuning = "Threshold is the number of different records a day that any reader may have, known or new. Readers that read everything by trade (a re-index, a backup) need an exception for their "
            + "principal; a client of the application is learned within weeks.",
        Runbook = Runbook,
        Defaults = new(DetectionMode.On, Threshold: 200, Window: TimeSpan.FromDays(1)),
        IsRelative = true,
        IsAligned = true,
        Select = observation => observation.Reading is { Kind: ReadingKind.FirstToday or ReadingKind.New } reading ? Of(reading) : null,
        SelectAlso = observation => observation.Reading is { Kind: ReadingKind.FirstToday or ReadingKind.New, NewClients: { } group } ? new(group) { FiresUnlearned = true } : null,
    };

    public static DetectionDefinition Slow { get; } = new()
    {
        Id = "decrypt-spread-slow",
        Title = "One reader slowly reads its way through the records",
        Severity = Severity.High,
        Technique = "T1030",
        About = "How many records of a protected set one reader reads within 30 days that it had not read in the 31 days before: one an hour is nothing to a rate, and a store copied in a month. "
            + "Its baseline is slow on purpose, so that what it is to find does not become normal meanwhile. Readers are told apart as in decrypt-spread, and all clients of a principal are summed as well (client "
            + "all clients) once that is learned: whoever spreads his reading over many of them reads as much. The learning period does not count.",
        Why = "{principal} (client {client}) read {observed} records of {set} within {window} that it had not read before; {expected} would have been normal. Known from {basis}.",
        Tuning = "Threshold is the number of records new to it that any reader may read in 30 days. A new client that has to read its whole stock fires once: acknowledge it.",
        Runbook = Runbook,
        Defaults = new(DetectionMode.On, Threshold: 200, Window: TimeSpan.FromDays(30)),
        IsRelative = true,
        Select = observation => observation is { Reading: { Kind: ReadingKind.New } reading, Use.IsLearning: false } ? Of(reading) : null,
        SelectAlso = observation => observation is { Reading: { Kind: ReadingKind.New, AllClients: { } group }, Use.IsLearning: false } ? new(group) : null,
    };

    public static DetectionDefinition NewClients { get; } = new()
    {
        Id = "new-clients",
        Title = "Unusually many new clients read through one principal",
        Severity = Severity.High,
        Technique = "T1036",
        About = "How many clients that nobody has seen before read records of a protected set in a day (UTC), beside how many are usual on such a day. Client tags are a part of the attestation: whoever has the "
            + "signing key and the credentials can make one up for each call, so that no client reads much. It learns for 14 days before it says anything.",
        Why = "{observed} clients of {principal} that nobody had seen before read records of {set} within {window} from {first}; {expected} would have been normal. Known from {basis}.",
        Tuning = "Threshold is the number of new clients a day that are never told of. An application that opens to many new users at once fires in these days: acknowledge it.",
        Runbook =
        [
            "Ask CryptoApi's GET /audit?requestId={requestId} for some of the calls: it knows each call that the application made, whatever its client. A call that it does not know was signed by somebody else.",
            "Then take the signing key for stolen: make a new pair, and store and publish it as the runbook of attestation-key-read says.",
            .. Reactions.StopPrincipal,
            .. Reactions.FollowCredentials,
        ],
        Defaults = new(DetectionMode.On, Threshold: 30, Window: TimeSpan.FromDays(1)),
        IsRelative = true,
        IsAligned = true,
        Select = observation => observation.Reading is { FirstOfClient: { } group } ? new(group) : null,
    };

    private static Selection Of(Reading reading) => new(reading.Reader) { FiresUnlearned = reading.IsNewcomer };

    private static IReadOnlyList<string> Runbook =>
    [
        "Ask CryptoApi's GET /audit?requestId={requestId} which client it is (or who has the client tag {client}), and ask the client's owner what it does.",
        "Nobody knows? Then take the client's key away, and if there is no client (none), the principal's credentials: somebody reads past the application.",
        .. Reactions.FollowCredentials,
        .. Reactions.StopPrincipal,
        "The records that were read are named by r in their encryption contexts: each is one to report as disclosed.",
    ];
}
