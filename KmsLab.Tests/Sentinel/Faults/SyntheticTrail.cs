using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace KmsLab.Tests.Sentinel.Faults;

/// <summary>A burst of errors by one attacker: nothing else that it does is near in time.</summary>
internal sealed record SyntheticAttack(string Principal, int Errors, DateTimeOffset First, DateTimeOffset Last);

/// <summary>What must come of a <see cref="SyntheticTrail"/>, found without the engine: by counting while writing.</summary>
internal sealed class SyntheticOutcome
{
    /// <summary>Calls by <c>principal|operation|outcome|minute (Unix milliseconds)</c>.</summary>
    public Dictionary<string, long> Calls { get; } = [];

    public List<SyntheticAttack> Attacks { get; } = [];

    public long Records { get; set; }

    public long Malformed { get; set; }

    public long Duplicates { get; set; }
}

/// <summary>
/// Days of KMS traffic as delivery files, the same for the same seed: normal roles with a rare error each, attackers whose bursts must raise alarms, and what
/// CloudTrail does to all of it: disorder of minutes, duplicates, and now and then a line that is no record.
/// </summary>
internal sealed class SyntheticTrail(int seed, int records)
{
    public const string KeyArn = "arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab";

    private const int RecordsAFile = 50_000;
    private const int Roles = 40;
    private const int Attackers = 8;
    private const double CallsASecond = 12;

    /// <summary>Longer than any window: each burst of an attacker is an occurrence of its own.</summary>
    private const int SecondsBetweenAttacks = 7200;

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 0, 0, 0, TimeSpan.Zero);
    private static readonly string[] Operations = ["Decrypt", "Decrypt", "Decrypt", "Encrypt", "GenerateDataKey", "DescribeKey"];

    private readonly Random _random = new(seed);
    private readonly Dictionary<string, long> _lastError = [];

    /// <summary>Writes the files.</summary>
    public SyntheticOutcome WriteTo(string folder)
    {
        var outcome = new SyntheticOutcome();
        var pending = new PriorityQueue<string, double>();
        using var files = new FileWriter(folder);
        for (var index = 0; outcome.Records < records; index++)
        {
            var second = index / CallsASecond;
            if (index % (int)(SecondsBetweenAttacks * CallsASecond / Attackers) == 1000)
                Attack(index, second, outcome, pending);
            else
                Deliver(NormalCall(second, outcome), second, outcome, pending);
            if (index % 5000 == 4999)
                Deliver($"malformed {outcome.Malformed++} \"", second, outcome, pending);

            // What was due for delivery before this second is.
            while (pending.TryPeek(out var line, out var due) && due < second)
                files.Write(pending.Dequeue());
        }

        while (pending.TryDequeue(out var line, out _))
            files.Write(line);
        return outcome;
    }

    private string NormalCall(double second, SyntheticOutcome outcome)
    {
        var role = $"app-{_random.Next(Roles)}";
        var error = _random.Next(50) == 0 && MayFail(role, (long)second);
        return Record($"arn:aws:iam::000000000000:role/{role}", Operations[_random.Next(Operations.Length)], error ? "AccessDenied" : null, (long)second, outcome);
    }

    /// <summary>Errors of a normal role are so far apart that no two are in one window.</summary>
    private bool MayFail(string role, long second)
    {
        if (_lastError.TryGetValue(role, out var last) && second - last < 120)
            return false;

        _lastError[role] = second;
        return true;
    }

    private void Attack(int index, double second, SyntheticOutcome outcome, PriorityQueue<string, double> pending)
    {
        var principal = $"arn:aws:iam::000000000000:role/attacker-{index / (int)(SecondsBetweenAttacks * CallsASecond / Attackers) % Attackers}";
        var errors = _random.Next(2, 70);
        var seconds = Enumerable.Range(0, errors).Select(_ => (long)second + _random.Next(60)).Order().ToList();
        foreach (var at in seconds)
            Deliver(Record(principal, "Decrypt", "InvalidCiphertextException", at, outcome), second, outcome, pending);
        outcome.Attacks.Add(new(principal, errors, Start.AddSeconds(seconds[0]), Start.AddSeconds(seconds[^1])));
    }

    private void Deliver(string line, double second, SyntheticOutcome outcome, PriorityQueue<string, double> pending)
    {
        pending.Enqueue(line, second + (_random.NextDouble() * 300));
        if (_random.Next(20) != 0)
            return;

        pending.Enqueue(line, second + 60 + (_random.NextDouble() * 400));
        outcome.Duplicates++;
    }

    private string Record(string role, string operation, string? error, long second, SyntheticOutcome outcome)
    {
        outcome.Records++;
        var at = Start.AddSeconds(second);
        var bucket = $"{role}|{operation}|{error ?? "Success"}|{at.ToUnixTimeMilliseconds() / 60_000 * 60_000}";
        outcome.Calls[bucket] = outcome.Calls.GetValueOrDefault(bucket) + 1;

        Span<byte> id = stackalloc byte[16];
        _random.NextBytes(id);
        var name = role[(role.LastIndexOf('/') + 1)..];
        var errorCode = error is null ? "" : $"\"errorCode\":\"{error}\",";
        return string.Create(CultureInfo.InvariantCulture, $$$$"""
            {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROA{{{{name}}}}:s","arn":"arn:aws:sts::000000000000:assumed-role/{{{{name}}}}/s","accountId":"000000000000","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROA{{{{name}}}}","arn":"{{{{role}}}}","accountId":"000000000000","userName":"{{{{name}}}}"},"attributes":{"creationDate":"2026-11-20T00:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"{{{{at:yyyy-MM-dd'T'HH:mm:ss'Z'}}}}","eventSource":"kms.amazonaws.com","eventName":"{{{{operation}}}}","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-sdk-dotnet-coreclr/4.0.1 ua/2.1 os/linux md/Debian lang/.NET_Core#10.0",{{{{errorCode}}}}"requestParameters":{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"r":"record-{{{{_random.Next(5000)}}}}"}},"responseElements":null,"requestID":"{{{{new Guid(id)}}}}","eventID":"{{{{new Guid(id)}}}}","readOnly":true,"resources":[{"accountId":"000000000000","type":"AWS::KMS::Key","ARN":"{{{{KeyArn}}}}"}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"000000000000","eventCategory":"Management"}
            """);
    }

    /// <summary>Every other file is packed.</summary>
    private sealed class FileWriter(string folder) : IDisposable
    {
        private StreamWriter? _file;
        private int _files;
        private int _lines;

        public void Write(string line)
        {
            if (_file is null || _lines >= RecordsAFile)
                Next();
            _file!.Write(line);
            _file.Write('\n');
            _lines++;
        }

        public void Dispose() => _file?.Dispose();

        private void Next()
        {
            _file?.Dispose();
            var isPacked = _files % 2 == 1;
            Stream stream = File.Create(Path.Combine(folder, $"trail-{_files++:00000}.jsonl{(isPacked ? ".gz" : "")}"));
            _file = new StreamWriter(isPacked ? new GZipStream(stream, CompressionLevel.Fastest) : stream, new UTF8Encoding(false), 1 << 16);
            _lines = 0;
        }
    }
}
