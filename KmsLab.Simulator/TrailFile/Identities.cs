using System.Globalization;
using KmsLab.CloudTrail.Writing;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>Who stands on the record: sessions of roles, whose credentials change every few hours as ECS's and SSO's do.</summary>
internal sealed class Identities(World world)
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static readonly TimeSpan SessionLength = TimeSpan.FromHours(6);

    private readonly Dictionary<(string Role, string Session, string? InvokedBy, long Period), RecordedIdentity> _known = [];

    /// <summary>What only the pipeline's service does in its own name.</summary>
    public static RecordedIdentity Pipeline { get; } = new() { Type = "AWSService", InvokedBy = "codepipeline.amazonaws.com" };

    public RecordedIdentity Internal { get; } = new() { AccountId = world.Account, InvokedBy = "AWS Internal" };

    /// <summary>The identity of a session at some time.</summary>
    public RecordedIdentity Of(RoleSession session, DateTimeOffset at)
    {
        var period = PeriodOf(at);
        var key = (session.Role, session.Session, session.InvokedBy, period);
        if (!_known.TryGetValue(key, out var identity))
            _known.Add(key, identity = Create(session, period));
        return identity;
    }

    /// <summary>The access key that a role's session has at some time.</summary>
    public static string AccessKeyOf(int seed, string session, DateTimeOffset at) => UniqueId("ASIA", 20, seed, string.Create(CultureInfo.InvariantCulture, $"{session} {PeriodOf(at)}"));

    private RecordedIdentity Create(RoleSession session, long period)
    {
        var roleId = UniqueId("AROA", 21, world.Seed, session.Role);
        var begun = new DateTimeOffset(period * SessionLength.Ticks, TimeSpan.Zero);
        return new()
        {
            Type = "AssumedRole",
            PrincipalId = $"{roleId}:{session.Session}",
            Arn = $"arn:aws:sts::{world.Account}:assumed-role/{session.Role}/{session.Session}",
            AccountId = world.Account,
            AccessKeyId = AccessKeyOf(world.Seed, $"{session.Role}/{session.Session}", begun),
            SessionIssuer = new(roleId, world.RoleArn(session.Path + session.Role), world.Account, session.Role),
            SessionCreated = begun,
            InvokedBy = session.InvokedBy,
        };
    }

    private static long PeriodOf(DateTimeOffset at) => at.UtcTicks / SessionLength.Ticks;

    private static string UniqueId(string prefix, int length, int seed, string name)
    {
        var hash = Draws.Bytes(seed, $"{prefix} {name}");
        return prefix + string.Concat(hash.Take(length - prefix.Length).Select(value => Alphabet[value & 31]));
    }
}
