using BenchmarkDotNet.Running;
using KmsLab.Benchmarks.CryptoApi;
using KmsLab.Benchmarks.Detection;
using KmsLab.Benchmarks.Ingest;
using KmsLab.Benchmarks.Lab;
using KmsLab.Benchmarks.LocalAws;
using KmsLab.Benchmarks.Sentinel;

const string Help = """
    dotnet run -c Release --project KmsLab.Benchmarks -- <what>

      lab [STARTS] [IDLE-MINUTES] [AppHost's arguments]
                           the whole lab by `dotnet run`: time to healthy, memory (PSS), processor time when idle, time to stop; build it before
      localaws [SECONDS]   KMS, Logs and S3 throughput and latency of LocalAws, side by side with moto_server where it is installed
      cryptoapi [SECONDS]  CryptoApi on PostgreSQL: throughput and latency, and what a request adds to its bare KMS call
      refusals [SAMPLES]   whether the time of a refusal tells a name that is there from one that isn't
      ingest [RECORDS]     `replay --rates` beside DuckDB at the same group-by, on the same files in the same run: records a second, processor time, memory;
                           plain, gzip, mixed with other services, odd records; and the limits: a mere scan. A million records by default, 1.4 GB
      sentinel [RECORDS]   Sentinel's engine on SQLite and PostgreSQL: records a second, and where the time goes
      baselines [GROUPS]   the learned baselines over simulated traffic: false alarms, attacks found, cost
      detection [SEEDS] [--attack ID] [--together] [--whole] [--json FILE]
                           detection quality over simulated months, with and without each attack: precision, recall, false alarms, time to detect;
                           --together: all attacks in one run, quicker; --whole: without reusing the days before an attack. Exit code 2: a target is missed
      golden [FILE]        what Sentinel finds in ten simulated months: a hash and counts by detection, to compare before and after a change
      flood [RECORDS]      pours records into the trail's log group at 5 MB/s with AWS's quotas, an attack among them: time to alarm, age of canary and guard
      reads [RECORDS]      how often a record is read, and how many bytes that takes, by delivery; so many records each 5 s, nine of ten of other services
      sentinel-memory [N]  memory of Sentinel's rates at N series, a million by default
      micro [FILTER]       micro-benchmarks (BenchmarkDotNet)
    """;

switch (args)
{
    case ["lab", .. var rest]:
        var counts = rest.TakeWhile(argument => int.TryParse(argument, out _)).Take(2).Select(int.Parse).ToList();
        await LabFigures.RunAsync(counts is [var starts, ..] ? starts : 5, TimeSpan.FromMinutes(counts is [_, var idle] ? idle : 10), rest[counts.Count..]);
        return 0;
    case ["localaws", .. var rest]:
        await LocalAwsComparison.RunAsync(TimeSpan.FromSeconds(rest is [var seconds] ? double.Parse(seconds) : 4));
        return 0;
    case ["cryptoapi", .. var rest]:
        await CryptoApiComparison.RunAsync(TimeSpan.FromSeconds(rest is [var time] ? double.Parse(time) : 4));
        return 0;
    case ["refusals", .. var count]:
        await RefusalTiming.RunAsync(count is [var samples] ? int.Parse(samples) : 5_000);
        return 0;
    case ["ingest", .. var rest]:
        IngestComparison.Run(rest is [var ingested] ? int.Parse(ingested) : 1_000_000);
        return 0;
    case [ContenderProcess.Command, var contender]:
        ContenderProcess.Serve(contender);
        return 0;
    case ["sentinel", .. var rest]:
        await SentinelThroughput.RunAsync(rest is [var records] ? int.Parse(records) : 200_000);
        return 0;
    case ["baselines", .. var rest]:
        BaselineSimulation.Run(rest is [var groups] ? int.Parse(groups) : 500);
        return 0;
    case ["detection", .. var rest] when QualityOptions.Parse(rest) is { } options:
        return await QualityRun.RunAsync(options, CancellationToken.None);
    case ["golden", .. var rest]:
        await GoldenRun.RunAsync(rest is [var file] ? file : null);
        return 0;
    case ["flood", .. var rest]:
        await FloodRun.RunAsync(rest is [var flood] ? int.Parse(flood) : 500_000);
        return 0;
    case ["reads", .. var rest]:
        await ReadsRun.RunAsync(rest is [var each] ? int.Parse(each) : 50);
        return 0;
    case ["sentinel-memory", .. var number]:
        SeriesMemory.Run(number is [var series] ? int.Parse(series) : 1_000_000);
        return 0;
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(LocalAwsComparison).Assembly).Run([.. rest.Length == 0 ? ["--filter", "*"] : rest]);
        return 0;
    default:
        Console.WriteLine(Help);
        return args.Length == 0 ? 0 : 1;
}
