using System.Text;
using BenchmarkDotNet.Attributes;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Benchmarks.CloudTrail;

/// <summary>What it costs to read a record, to leave it at the first glance, and to tell only its time.</summary>
[MemoryDiagnoser]
public class RecordReading
{
    private static readonly byte[] Record = Encoding.UTF8.GetBytes(
        """
        {"eventVersion":"1.11","userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLE:lab","arn":"arn:aws:sts::000000000000:assumed-role/app/lab","accountId":"000000000000","accessKeyId":"ASIAEXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLE","arn":"arn:aws:iam::000000000000:role/app","accountId":"000000000000","userName":"app"},"attributes":{"creationDate":"2026-11-23T12:00:00Z","mfaAuthenticated":"false"}}},"eventTime":"2026-11-23T12:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt","awsRegion":"us-east-1","sourceIPAddress":"192.0.2.10","userAgent":"aws-sdk-dotnet-coreclr/4.1.0 ua/2.1 os/linux md/Debian lang/.NET_Core#10.0","requestParameters":{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"t":"tag","r":"record"}},"responseElements":null,"requestID":"7c3d5d0e-6d5f-4a44-9c1f-0d8f5f0b2c11","eventID":"0b6e5a3c-1f2d-4c3b-9a8e-7d6c5b4a3f2e","readOnly":true,"resources":[{"accountId":"000000000000","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab"}],"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"000000000000","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_256_GCM_SHA384"}}
        """);

    private static readonly RecordInterest Kms = new("kms.amazonaws.com");
    private static readonly RecordInterest Iam = new("iam.amazonaws.com");

    /// <summary>The record is read whole.</summary>
    [Benchmark(Baseline = true)]
    public CloudTrailRecord? Read() => CloudTrailRecordReader.Read(Record, Kms).Record;

    /// <summary>The record is of a service that nobody asked for.</summary>
    [Benchmark]
    public bool Leave() => CloudTrailRecordReader.Read(Record, Iam).Record is null;

    /// <summary>Only time and interest are looked for, as a replay does to put records into turns.</summary>
    [Benchmark]
    public DateTimeOffset? Glance() => RecordGlance.At(Record, Kms).EventTime;
}
