using System.Buffers;
using System.Collections.Concurrent;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KmsLab.LocalAws.Wire;

/// <summary>A reused buffer with a JSON writer on it: answers and trail records are put together here.</summary>
internal sealed class WireBuffer : IDisposable
{
    private const int KeptCapacity = 256 * 1024;
    private const int Kept = 64;

    private static readonly ConcurrentBag<WireBuffer> Free = [];

    private readonly ArrayBufferWriter<byte> _bytes = new(4096);

    private WireBuffer() => Json = new(_bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    public Utf8JsonWriter Json { get; }

    public IBufferWriter<byte> Bytes => _bytes;

    /// <summary>What was written; call <see cref="Utf8JsonWriter.Flush"/> first where <see cref="Json"/> was used.</summary>
    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    public static WireBuffer Rent() => Free.TryTake(out var buffer) ? buffer : new();

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_bytes.Capacity > KeptCapacity || Free.Count >= Kept)
            return;

        _bytes.ResetWrittenCount();
        Json.Reset();
        Free.Add(this);
    }
}
