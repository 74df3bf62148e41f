using System.Text.Json;
using System.Xml.Linq;
using KmsLab.LocalAws.Trail;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>One call to S3, and what CloudTrail writes of its parameters.</summary>
internal sealed class S3Call(S3Request request, AwsCall call, BucketStore buckets, Bucket? bucket) : IRecordedParameters
{
    public S3Request Request { get; } = request;

    public AwsCall Call { get; } = call;

    public BucketStore Buckets { get; } = buckets;

    public string Key => Request.Key!;

    /// <summary>The bucket.</summary>
    /// <exception cref="AwsException">NoSuchBucket.</exception>
    public Bucket Bucket => bucket ?? throw S3Error.NoSuchBucket();

    /// <summary>The body of a call that sets something, for the record.</summary>
    public XElement? Document { get; set; }

    /// <summary>The policy that a call sets, for the record.</summary>
    public string? Policy { get; set; }

    public string? Header(string name) => Request.Header(name);

    public string? Parameter(string name) => Request.Parameter(name);

    /// <summary>Who gets the call's object; AWS has no more than an id for it.</summary>
    public static string OwnerId(string account) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(account)));

    public void WriteParameters(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (Document is not null)
        {
            json.WritePropertyName(Document.Name.LocalName);
            Write(json, Document);
        }

        if (Policy is not null)
        {
            json.WritePropertyName("bucketPolicy");
            json.WriteRawValue(Policy);
        }

        if (Request.Bucket is { } name)
            json.WriteString("bucketName", name);
        if (Call.Host is { } host)
            json.WriteString("Host", host);
        if (Request.Key is { } key)
            json.WriteString("key", key);
        foreach (var (parameter, value) in Request.Query)
        {
            // A presigned URL's own parameters are no part of what is asked.
            if (!parameter.StartsWith("X-Amz-", StringComparison.OrdinalIgnoreCase) && parameter is not ("AWSAccessKeyId" or "Signature" or "bucketName" or "Host" or "key"))
                json.WriteString(parameter, value.ToString());
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, XElement element)
    {
        if (!element.HasElements)
        {
            json.WriteStringValue(element.Value);
            return;
        }

        json.WriteStartObject();
        foreach (var same in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            json.WritePropertyName(same.Key);
            if (same.Count() == 1)
            {
                Write(json, same.First());
                continue;
            }

            json.WriteStartArray();
            foreach (var child in same)
                Write(json, child);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }
}
