namespace KmsLab.Tests.Architecture;

/// <summary>Finds circles among things that know each other.</summary>
internal static class Circles
{
    /// <summary>The largest set in which each knows each other, be it by way of others; empty when nothing stands in a circle.</summary>
    /// <remarks>Tarjan's strongly connected components.</remarks>
    /// <param name="known">What each of them knows.</param>
    public static IReadOnlyList<string> Largest(IReadOnlyDictionary<string, IReadOnlySet<string>> known)
    {
        Dictionary<string, int> order = [];
        Dictionary<string, int> earliest = [];
        Stack<string> open = new();
        HashSet<string> isOpen = [];
        List<string> largest = [];
        foreach (var one in known.Keys.Where(one => !order.ContainsKey(one)))
            Visit(one);
        return largest.Count > 1 ? largest : [];

        void Visit(string one)
        {
            order[one] = earliest[one] = order.Count;
            open.Push(one);
            isOpen.Add(one);
            foreach (var other in known.GetValueOrDefault(one) ?? new HashSet<string>())
            {
                if (!order.ContainsKey(other))
                    Visit(other);
                if (isOpen.Contains(other))
                    earliest[one] = Math.Min(earliest[one], earliest[other]);
            }

            if (earliest[one] == order[one])
                Close(one);
        }

        void Close(string first)
        {
            List<string> circle = [];
            do
            {
                circle.Add(open.Pop());
                isOpen.Remove(circle[^1]);
            }
            while (circle[^1] != first);

            if (circle.Count > largest.Count)
                largest = [.. circle.Order(StringComparer.Ordinal)];
        }
    }
}
