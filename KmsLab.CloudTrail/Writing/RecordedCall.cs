using System.Text.Json;

namespace KmsLab.CloudTrail.Writing;

/// <summary>What a CloudTrail record says about one call, or about an event of a service's own.</summary>
public readonly ref struct RecordedCall
{
    /// <summary>Who called.</summary>
    public required RecordedIdentity Identity { get; init; }

    /// <summary>When; written in whole seconds, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The service, such as <c>kms.amazonaws.com</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The operation, such as <c>Decrypt</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The Region in which the call was made.</summary>
    public required string Region { get; init; }

    /// <summary>The caller's address, or <c>AWS Internal</c>.</summary>
    public required string SourceIp { get; init; }

    /// <summary>The User-Agent as sent; cut at 1 KB, as AWS does.</summary>
    public string? UserAgent { get; init; }

    /// <summary>The error's code; null when the call succeeded.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The error's message.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>Writes the value of <c>requestParameters</c>; null writes null.</summary>
    public Action<Utf8JsonWriter>? RequestParameters { get; init; }

    /// <summary>Writes the value of <c>responseElements</c>; null writes null.</summary>
    public Action<Utf8JsonWriter>? ResponseElements { get; init; }

    /// <summary><c>additionalEventData</c>; left out when null.</summary>
    public IReadOnlyDictionary<string, string>? AdditionalEventData { get; init; }

    /// <summary><c>serviceEventDetails</c>, for events of the service's own; left out when null.</summary>
    public IReadOnlyDictionary<string, string>? ServiceEventDetails { get; init; }

    /// <summary>The id that the caller got with the answer; null in service events.</summary>
    public string? RequestId { get; init; }

    /// <summary>The record's own id: a duplicate delivery carries the same.</summary>
    public required Guid EventId { get; init; }

    /// <summary>As AWS sets it for the operation.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>The resources that the call touched: ARN and type, such as <c>AWS::KMS::Key</c>.</summary>
    public ReadOnlySpan<RecordedResource> Resources { get; init; }

    /// <summary>Tells whether it is a data event; otherwise it is a management event.</summary>
    public bool IsDataEvent { get; init; }

    /// <summary><c>AwsApiCall</c>, or <c>AwsServiceEvent</c> for what the service did by itself.</summary>
    public required string EventType { get; init; }

    /// <summary>The account that gets the record.</summary>
    public required string Account { get; init; }

    /// <summary>The TLS version and cipher suite; null when the call came without TLS.</summary>
    public (string Version, string CipherSuite)? Tls { get; init; }

    /// <summary>The Host header that the client sent.</summary>
    public string? Host { get; init; }
}

/// <summary>An entry of <c>resources</c>.</summary>
/// <param name="Arn">The resource's ARN.</param>
/// <param name="Type">Its type, such as <c>AWS::KMS::Key</c>.</param>
public readonly record struct RecordedResource(string Arn, string Type);
