namespace KmsLab.Benchmarks.Detection;

/// <summary>An occurrence, and the attack that it tells of; null: it is a false alarm.</summary>
internal sealed record Judged(AlarmOccurrence Occurrence, PlacedAttack? Attack);

/// <summary>Says which occurrences are true.</summary>
/// <remarks>
/// <para>
/// An occurrence is <em>true</em> when three things hold. It fires within an attack's span or, later, within the detection's window of the span's end: the
/// attack's records are then among those that it rests on. Its group fits: where the group has a principal it is the attacker's, or that of
/// those who put right what the attack changed, which belongs to the span; where it has a client it is the attacker's tag, and <c>none</c> for an
/// attacker who has none. And the same alarm does not fire at the same time in the same traffic without the attack: the application's role
/// is the principal of everybody who reads through it, so time and principal alone would take somebody's typing errors for a thief.
/// </para>
/// <para>
/// Everything else is <em>false</em>, also what an attack stirs up afterwards. An alarm that was on already when the attack began has not found it.
/// </para>
/// </remarks>
internal static class Judge
{
    /// <summary>Two runs tell the same time of the same alarm but for the length of a turn, which is under four minutes.</summary>
    private static readonly TimeSpan SameTime = TimeSpan.FromMinutes(5);

    /// <summary>CloudTrail's times are whole seconds, plans' are not.</summary>
    private static readonly TimeSpan Rounding = TimeSpan.FromSeconds(2);

    private const string Repairer = "kmslab-deploy";

    /// <summary>Judges the occurrences of one run.</summary>
    /// <param name="found">What fired in it.</param>
    /// <param name="attacks">The attacks in it; none in a normal run.</param>
    /// <param name="normally">What fires in the same traffic without an attack; empty for that run itself.</param>
    /// <returns>Those of the run that the other does not have: each false alarm of normal traffic is counted where it belongs, in the normal run.</returns>
    public static IReadOnlyList<Judged> Of(IEnumerable<AlarmOccurrence> found, IReadOnlyList<PlacedAttack> attacks, IReadOnlyList<AlarmOccurrence> normally) =>
        [.. found.Where(one => !normally.Any(other => IsSame(one, other))).OrderBy(one => one.At).Select(one => new Judged(one, AttackOf(one, attacks)))];

    private static bool IsSame(AlarmOccurrence one, AlarmOccurrence other) => one.AlarmId == other.AlarmId && (one.At - other.At).Duration() <= SameTime;

    /// <summary>Of several that it fits, one that the detection is meant for, and the one that began last.</summary>
    private static PlacedAttack? AttackOf(AlarmOccurrence occurrence, IReadOnlyList<PlacedAttack> attacks) => attacks
        .Where(attack => IsWithin(occurrence, attack) && Fits(occurrence.Group, attack))
        .OrderByDescending(attack => attack.Finders.Contains(occurrence.Detection)).ThenByDescending(attack => attack.Span.From)
        .FirstOrDefault();

    private static bool IsWithin(AlarmOccurrence occurrence, PlacedAttack attack) =>
        occurrence.At >= attack.Span.From - Rounding && occurrence.At <= attack.Span.To + occurrence.Window;

    private static bool Fits(IReadOnlyDictionary<string, string> group, PlacedAttack attack)
    {
        if (group.TryGetValue("principal", out var principal) && principal != attack.Span.Principal && !principal.EndsWith($":role/{Repairer}", StringComparison.Ordinal))
            return false;
        return !group.TryGetValue("client", out var client) || client == (attack.Span.ClientTag ?? "none");
    }
}
