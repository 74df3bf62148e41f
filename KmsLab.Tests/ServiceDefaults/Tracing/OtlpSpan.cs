using System.Buffers.Binary;
using System.Text;

namespace KmsLab.Tests.ServiceDefaults.Tracing;

/// <summary>
/// A span as a collector gets it, with <c>service.name</c> and <c>service.instance.id</c> of its process, and its activity source.
/// </summary>
internal sealed record OtlpSpan(
    (string Name, string Instance) Service, string Source, string TraceId, string Id, string ParentId, string Name, OtlpKind Kind)
{
    /// <summary>Reads an ExportTraceServiceRequest (https://github.com/open-telemetry/opentelemetry-proto).</summary>
    public static IEnumerable<OtlpSpan> Read(byte[] request) =>
        from resourceSpans in Messages(request, 1)
        let service = ServiceOf(Messages(resourceSpans, 1).Single())
        from scopeSpans in Messages(resourceSpans, 2)
        let source = Text(Messages(scopeSpans, 1).Single(), 1)
        from span in Messages(scopeSpans, 2)
        let kind = (OtlpKind)Fields(span).First(field => field.Number == 6).Value
        select new OtlpSpan(service, source, Hex(span, 1), Hex(span, 2), Hex(span, 4), Text(span, 5), kind);

    private static (string, string) ServiceOf(byte[] resource)
    {
        var attributes = Messages(resource, 1).ToLookup(
            attribute => Text(attribute, 1),
            attribute => Text(Messages(attribute, 2).Single(), 1));
        return (attributes["service.name"].Single(), attributes["service.instance.id"].Single());
    }

    private static IEnumerable<byte[]> Messages(byte[] message, int number) =>
        Fields(message).Where(field => field.Number == number).Select(field => field.Bytes);

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Messages(message, number).FirstOrDefault() ?? []);

    private static string Hex(byte[] message, int number) => Convert.ToHexStringLower(Messages(message, number).FirstOrDefault() ?? []);

    /// <summary>The fields of a protobuf message (https://protobuf.dev/programming-guides/encoding/).</summary>
    private static IEnumerable<(int Number, byte[] Bytes, ulong Value)> Fields(byte[] message)
    {
        for (var at = 0; at < message.Length;)
        {
            var tag = Varint(message, ref at);
            var (bytes, value) = Payload(message, ref at, (int)(tag & 7));
            yield return ((int)(tag >> 3), bytes, value);
        }
    }

    private static (byte[] Bytes, ulong Value) Payload(byte[] message, ref int at, int wireType)
    {
        if (wireType == 0)
            return ([], Varint(message, ref at));
        var length = wireType switch
        {
            1 => 8,
            5 => 4,
            2 => (int)Varint(message, ref at),
            _ => throw new InvalidDataException($"Wire type {wireType}."),
        };
        var bytes = message[at..(at + length)];
        at += length;
        return (bytes, wireType == 1 ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0);
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var part = message[at++];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }
    }
}

/// <summary>OTLP's span kinds.</summary>
internal enum OtlpKind
{
    Unspecified,
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}
