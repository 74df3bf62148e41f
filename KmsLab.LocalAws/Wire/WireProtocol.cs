using System.Text.Json;

namespace KmsLab.LocalAws.Wire;

/// <summary>One of AWS's wire protocols: how an operation's name, request, response and errors look on the wire.</summary>
/// <remarks>A protocol knows no operation, an operation knows no protocol: they meet in <see cref="Operation.Request"/> and <see cref="Operation.Response"/>.</remarks>
internal abstract class WireProtocol(string contentType) : ErrorFormat(contentType)
{
    /// <summary>Reads what the request asks for, without reading its members yet.</summary>
    /// <exception cref="AwsException">It asks for nothing, or for nothing of this service.</exception>
    public abstract WireMessage Open(HttpRequest request, ReadOnlyMemory<byte> body);

    /// <summary>Reads the request of an operation.</summary>
    /// <exception cref="AwsException">The body is not what the protocol or the operation's contract says.</exception>
    public abstract object ReadRequest(Operation operation, in WireMessage message);

    /// <summary>Writes an operation's response.</summary>
    public abstract void WriteResponse(WireBuffer answer, AwsCall call, object response);

    /// <summary>Reads JSON into an operation's request; the other protocols come here by way of JSON.</summary>
    protected static object Deserialize(Operation operation, ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, operation.Request)
                ?? throw AwsException.Serialization("The request body is null.");
        }
        catch (JsonException error)
        {
            throw AwsException.Serialization($"The request body could not be read at {error.Path ?? "its beginning"}.");
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException or NotSupportedException)
        {
            // Invalid base64 or UTF-8 in a string.
            throw AwsException.Serialization("The request body could not be read.");
        }
    }
}

/// <summary>A request opened, not yet read.</summary>
/// <param name="Target">The service's target prefix; null where the protocol names none (Query).</param>
/// <param name="Operation">The operation's name.</param>
/// <param name="Body">The raw body.</param>
/// <param name="Parsed">What the protocol found while opening, for itself.</param>
internal readonly record struct WireMessage(string? Target, string Operation, ReadOnlyMemory<byte> Body, object? Parsed = null);
