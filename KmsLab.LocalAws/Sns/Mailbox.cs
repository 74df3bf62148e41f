using KmsLab.LocalAws.State;

namespace KmsLab.LocalAws.Sns;

/// <summary>Where emails and text messages end that a real SNS would send: kept, never sent.</summary>
internal sealed class Mailbox(StateStore store, TimeProvider time)
{
    private const int Kept = 10_000;

    /// <summary>Keeps a mail; the oldest beyond the last ten thousand go.</summary>
    public Task Put(string protocol, string to, string? topicArn, string? subject, string body)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return store.Enqueue(session =>
        {
            var id = session.Insert("INSERT INTO sns_mail (time, protocol, recipient, topic, subject, body) VALUES ($1, $2, $3, $4, $5, $6)", now, protocol, to, topicArn, subject, body);
            session.Execute("DELETE FROM sns_mail WHERE id <= $1", id - Kept);
        });
    }

    /// <summary>The newest mails, newest first.</summary>
    /// <param name="to">Only to this address or number; null for all.</param>
    /// <param name="count">At most so many.</param>
    public List<Mail> List(string? to, int count) => store.Read(connection => connection.Query(
        "SELECT id, time, protocol, recipient, topic, subject, body FROM sns_mail WHERE $1 IS NULL OR recipient = $1 ORDER BY id DESC LIMIT $2",
        row => new Mail(row.GetInt64(0), row.Instant(1), row.GetString(2), row.GetString(3), row.TextOrNull(4), row.TextOrNull(5), row.GetString(6)),
        to, count));
}

/// <summary>A mail or text message.</summary>
/// <param name="Id">Its number, in the order of arrival.</param>
/// <param name="Time">When it was sent.</param>
/// <param name="Protocol"><c>email</c>, <c>email-json</c> or <c>sms</c>.</param>
/// <param name="To">The address or number.</param>
/// <param name="TopicArn">The topic; null for a text message sent to a number directly.</param>
/// <param name="Subject">The subject; null without.</param>
/// <param name="Body">The text.</param>
internal sealed record Mail(long Id, DateTimeOffset Time, string Protocol, string To, string? TopicArn, string? Subject, string Body);

/// <summary>The mailbox's table.</summary>
internal sealed class SnsSchema : IStateSchema
{
    public string Name => "sns";

    public IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE sns_mail (
            id INTEGER PRIMARY KEY AUTOINCREMENT, time INTEGER NOT NULL, protocol TEXT NOT NULL, recipient TEXT NOT NULL, topic TEXT, subject TEXT, body TEXT NOT NULL);
        """,
    ];
}
