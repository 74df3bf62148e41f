namespace KmsLab.Simulator.Plans;

/// <summary>A scenario, planned: a pure function of seed and settings.</summary>
/// <param name="Steps">By time; made as they are asked for, anew each time.</param>
/// <param name="Attacks">What of it is an attack.</param>
internal sealed record Plan(IEnumerable<Step> Steps, IReadOnlyList<AttackSpan> Attacks)
{
    /// <summary>Several plans at once.</summary>
    public static Plan Merge(IReadOnlyList<Plan> plans) => new(
        Interleave([.. plans.Select(plan => plan.Steps)]),
        [.. plans.SelectMany(plan => plan.Attacks).OrderBy(attack => attack.From)]);

    /// <summary>Steps of equal time come in the order of their plans, so that the outcome is always the same.</summary>
    private static IEnumerable<Step> Interleave(IReadOnlyList<IEnumerable<Step>> sequences)
    {
        var heads = new PriorityQueue<IEnumerator<Step>, (DateTimeOffset At, int Plan)>();
        for (var plan = 0; plan < sequences.Count; plan++)
            Push(sequences[plan].GetEnumerator(), plan);

        while (heads.TryDequeue(out var head, out var priority))
        {
            yield return head.Current;
            Push(head, priority.Plan);
        }

        void Push(IEnumerator<Step> sequence, int plan)
        {
            if (sequence.MoveNext())
                heads.Enqueue(sequence, (sequence.Current.At, plan));
            else
                sequence.Dispose();
        }
    }
}
