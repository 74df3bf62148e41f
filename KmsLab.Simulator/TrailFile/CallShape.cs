using System.Text.Json;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Simulator.TrailFile;

/// <summary>What a record says of a call, but for who made it and when.</summary>
/// <param name="Source">The service.</param>
/// <param name="Name">The operation.</param>
/// <param name="IsReadOnly">As CloudTrail sets it: cryptographic operations are reads.</param>
internal sealed record CallShape(string Source, string Name, bool IsReadOnly)
{
    /// <summary>Writes <c>requestParameters</c>.</summary>
    public Action<Utf8JsonWriter>? Parameters { get; init; }

    /// <summary>Writes <c>responseElements</c>.</summary>
    public Action<Utf8JsonWriter>? Response { get; init; }

    /// <summary>ARNs under <c>resources</c>.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>Their type.</summary>
    public string ResourceType { get; init; } = "AWS::KMS::Key";

    /// <summary>The encryption context, where the application signs the call.</summary>
    public EncryptionContext? Context { get; init; }

    /// <summary>The error and its message, or null.</summary>
    public (string Code, string? Message)? Error { get; init; }

    /// <summary>The Region that it was made in; null for the account's home Region.</summary>
    public string? Region { get; init; }

    /// <summary>The operation whose last record on the same key has the eventID that this one takes, which CloudTrail never does; else null.</summary>
    public string? Over { get; init; }

    /// <summary>What KMS did by itself.</summary>
    public bool IsServiceEvent { get; init; }
}
