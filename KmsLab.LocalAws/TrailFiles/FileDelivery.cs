using KmsLab.LocalAws.S3;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Trail;
using KmsLab.ServiceDefaults.Tracing;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.TrailFiles;

/// <summary>Brings records into the buckets of the trails that take them, in gzip files, and digests of these files after them.</summary>
/// <remarks>
/// What is to be delivered waits in the state file, put there in the commit that adds a record to the history; the commit that makes an object takes it out again.
/// So each record is in exactly one file, whenever the process is killed.
/// </remarks>
internal sealed partial class FileDelivery : BackgroundService
{
    private readonly RecordFiles _files;
    private readonly DigestFiles _digests;
    private readonly TrailDelivery _delivery;
    private readonly StateStore _store;
    private readonly FileDeliveryOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<FileDelivery> _logger;

    public FileDelivery(
        RecordFiles files, DigestFiles digests, TrailFileQueue queue, BucketStore buckets, TrailDelivery delivery, StateStore store,
        IOptions<FileDeliveryOptions> options, TimeProvider time, ILogger<FileDelivery> logger)
    {
        (_files, _digests, _delivery, _store, _options, _time, _logger) = (files, digests, delivery, store, options.Value, time, logger);
        queue.HasBucket = name => buckets.Find(name) is not null;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (file, digest) = (Next(_options.Interval), Next(_options.DigestInterval));
        try
        {
            while (true)
            {
                var pause = (file < digest ? file : digest) - _time.GetUtcNow();
                await Task.Delay(pause > TimeSpan.Zero ? pause : TimeSpan.Zero, _time, stoppingToken);
                await DeliverAsync(_time.GetUtcNow() >= file, digest, stoppingToken);
                (file, digest) = (Next(_options.Interval), Next(_options.DigestInterval));
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Our own end; what waits is delivered in the next life.
        }
        catch (InvalidOperationException) when (_store.Failure is not null)
        {
            // The state file takes no more writes; its health check says so.
        }
    }

    private async Task DeliverAsync(bool filesAreDue, DateTimeOffset digest, CancellationToken stoppingToken)
    {
        if (_delivery.Settings.Stopped)
            return;
        using var round = BackgroundActivity.Start("localaws trail files");
        try
        {
            if (filesAreDue)
                await _files.DeliverAsync(stoppingToken);
            if (_time.GetUtcNow() >= digest)
                await _digests.DeliverAsync(digest);
        }
        catch (IOException error)
        {
            // A full disk, as a rule: it waits for the next time.
            Log.Failed(_logger, error);
        }
    }

    /// <summary>The next multiple of an interval.</summary>
    private DateTimeOffset Next(TimeSpan interval)
    {
        var ticks = _time.GetUtcNow().UtcTicks;
        return new((ticks - (ticks % interval.Ticks)) + interval.Ticks, TimeSpan.Zero);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The trail's files could not be written; they wait for the next delivery.")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
