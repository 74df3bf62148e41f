using System.Text;
using CsCheck;
using KmsLab.CloudTrail.FastPath;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Tests.CloudTrail.FastPath;

/// <summary>The small parts of the fast path, each against what it stands for.</summary>
public sealed class BytesTests
{
    [Fact]
    public void Event_id_is_the_record_id_of_its_text() =>
        Gen.OneOf(
            Gen.Guid.Select(id => id.ToString("D")),
            Gen.Guid.Select(id => id.ToString("D").ToUpperInvariant()),
            Gen.Select(Gen.Guid, Gen.Int[0, 35], Gen.Char["0-+gGxX\u00e9 {"]).Select((id, at, other) => $"{id}"[..at] + other + $"{id}"[(at + 1)..]),
            Gen.String)
        .Sample(id => EventIdReader.Read(Encoding.UTF8.GetBytes(id)) == RecordId.From(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(id))));

    [Fact]
    public void Value_ends_where_its_last_bracket_is() =>
        Gen.Int.Sample(
            seed =>
            {
                var record = OddRecords.Record(seed);
                byte[] text = [.. record, .. ",{\"next\":[1,2,3]},{\"and\":\"so on, to the end of this text and farther yet\"}]}"u8];
                return record is not [(byte)'{', ..] || ValueEnd.Find(text) is var end && (end < 0 || end == EndOf(text));
            },
            iter: 20_000);

    [Fact]
    public void Value_without_escapes_is_found()
    {
        var record = Encoding.UTF8.GetBytes($"{{\"a\":[{{\"b\":\"}}{new string('x', 100)}{{\"}},[],{{}}]}}");

        ValueEnd.Find([.. record, .. new byte[64]]).ShouldBe(record.Length);
    }

    [Fact]
    public void Memo_tells_the_number_of_each_text_until_it_forgets_all() =>
        Gen.Select(Gen.Int[0, 3000], Gen.Int[0, 70]).Array[1, 2000].Sample(
            texts =>
            {
                var (memo, numbers) = (new TextMemo(), new Dictionary<string, int>());
                foreach (var (number, length) in texts)
                {
                    var text = $"{number}{new string('x', length)}";
                    if (memo.TryGet(Encoding.ASCII.GetBytes(text), out var known) != numbers.TryGetValue(text, out var expected) || known != expected)
                        return false;
                    if (numbers.TryAdd(text, numbers.Count + 1))
                        memo.Add(Encoding.ASCII.GetBytes(text), numbers.Count);
                }

                return true;
            },
            iter: 200);

    [Fact]
    public void Memo_stays_small_whatever_comes()
    {
        var memo = new TextMemo();
        for (var number = 0; number < 300_000; number++)
            memo.Add(Encoding.ASCII.GetBytes($"arn:aws:iam::000000000000:role/{number}"), number);

        memo.TryGet("arn:aws:iam::000000000000:role/299999"u8, out var last).ShouldBeTrue();
        last.ShouldBe(299_999);
        memo.TryGet("arn:aws:iam::000000000000:role/0"u8, out _).ShouldBeFalse();
    }

    /// <summary>As a file's reader finds it: brackets outside of texts.</summary>
    private static int EndOf(ReadOnlySpan<byte> text)
    {
        var (depth, inText) = (0, false);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
                inText = !inText;
            else if (inText && text[at] == '\\')
                at++;
            else if (!inText && text[at] is (byte)'{' or (byte)'[')
                depth++;
            else if (!inText && text[at] is (byte)'}' or (byte)']' && --depth == 0)
                return at + 1;
        }

        return -1;
    }
}
