using System.Text;

namespace KmsLab.Sentinel.Sources.Files;

/// <summary>Reads the rows of a table of comma-separated values (RFC 4180), in a text that comes in pieces.</summary>
internal static class CsvRows
{
    /// <summary>Where the row that begins the text ends.</summary>
    /// <returns>The length of the row with its line end; -1 when it does not end here.</returns>
    public static int LengthOf(ReadOnlySpan<byte> rows)
    {
        var inQuotes = false;
        for (var at = 0; at < rows.Length; at++)
        {
            if (rows[at] == '"')
                inQuotes = !inQuotes;
            else if (rows[at] == '\n' && !inQuotes)
                return at + 1;
        }

        return -1;
    }

    /// <summary>The cells of a row.</summary>
    public static IReadOnlyList<string> Cells(ReadOnlySpan<byte> row)
    {
        var (cells, cell, inQuotes) = (new List<string>(), new StringBuilder(), false);
        var text = Encoding.UTF8.GetString(row).TrimEnd('\r', '\n');
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"' && inQuotes && at + 1 < text.Length && text[at + 1] == '"')
                cell.Append(text[++at]);
            else if (text[at] == '"')
                inQuotes = !inQuotes;
            else if (text[at] == ',' && !inQuotes)
                cells.Add(Taken(cell));
            else
                cell.Append(text[at]);
        }

        cells.Add(Taken(cell));
        return cells;
    }

    /// <summary>Whether a line names columns of CloudTrail's records.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> line) =>
        line.Length < 4096 && !line.ContainsAny("{}"u8) && Cells(line) is var cells && cells.Any(IsTelling);

    private static bool IsTelling(string name) => name.ToLowerInvariant() is "eventid" or "eventname" or "eventjson" or "cloudtrailevent" or "@message" or "message";

    private static string Taken(StringBuilder cell)
    {
        var text = cell.ToString();
        cell.Clear();
        return text;
    }
}
