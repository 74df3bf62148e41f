namespace KmsLab.Benchmarks.Detection;

/// <summary>What <c>detection</c> was asked for.</summary>
/// <param name="Seeds">How many different months.</param>
/// <param name="Attack">Only attacks whose id begins so.</param>
/// <param name="Together">All attacks in one run.</param>
/// <param name="Whole">Each run replays all its days.</param>
/// <param name="Json">A file for the report.</param>
internal sealed record QualityOptions(int Seeds = 3, string? Attack = null, bool Together = false, bool Whole = false, string? Json = null)
{
    /// <summary>Reads <c>[SEEDS] [--attack ID] [--together] [--whole] [--json FILE]</c>.</summary>
    /// <returns>Null when it says something else.</returns>
    public static QualityOptions? Parse(IReadOnlyList<string> args)
    {
        var options = new QualityOptions();
        for (var i = 0; i < args.Count; i++)
        {
            var value = i + 1 < args.Count ? args[i + 1] : null;
            switch (args[i])
            {
                case "--together":
                    options = options with { Together = true };
                    break;
                case "--whole":
                    options = options with { Whole = true };
                    break;
                case "--attack" when value is not null && AttackKind.All.Any(kind => kind.Id.StartsWith(value, StringComparison.Ordinal)):
                    (options, i) = (options with { Attack = value }, i + 1);
                    break;
                case "--json" when value is not null:
                    (options, i) = (options with { Json = value }, i + 1);
                    break;
                default:
                    if (!int.TryParse(args[i], out var seeds) || seeds < 1)
                        return null;
                    options = options with { Seeds = seeds };
                    break;
            }
        }

        return options;
    }

    public IEnumerable<AttackKind> Kinds => AttackKind.All.Where(kind => Attack is null || kind.Id.StartsWith(Attack, StringComparison.Ordinal));
}
