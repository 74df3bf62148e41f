using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace KmsLab.Benchmarks.Ingest;

/// <summary>Files of CloudTrail records that look like an account's, the same for the same number of records.</summary>
/// <remarks>
/// Records of KMS have about 1,364 bytes: 40 keys, 75 principals (25 roles with six sessions each, and 50 users), two hours, one error in a
/// hundred. The mixed set has nine records of other services to each of KMS, in the shapes that EC2, S3, STS and DynamoDB write.
/// </remarks>
internal sealed class GeneratedTrail(int records)
{
    private const string Account = "111122223333";
    private const int Keys = 40;
    private const int PackedFiles = 16;

    private static readonly DateTimeOffset Start = new(2026, 11, 20, 8, 0, 0, TimeSpan.Zero);

    private static readonly string[] Operations =
    [
        .. Enumerable.Repeat("Decrypt", 60), .. Enumerable.Repeat("GenerateDataKey", 20), .. Enumerable.Repeat("Encrypt", 10),
        .. Enumerable.Repeat("DescribeKey", 5),
        "ListAliases", "ListAliases", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyWithoutPlaintext", "Sign", "GetPublicKey",
    ];

    private readonly Random _random = new(42);

    /// <summary>All of KMS, one a line.</summary>
    public void WriteKms(string path) => Write(File.Create(path), index => Kms(index, ""));

    /// <summary>Nine in ten of other services, one a line.</summary>
    public void WriteMixed(string path) => Write(File.Create(path), index => index % 10 == 0 ? Kms(index, "") : Other(index));

    /// <summary>All of KMS, one a line, some of them odd.</summary>
    public void WriteOdd(string path, double share) => Write(File.Create(path), index =>
    {
        var record = Kms(index, Everyday());
        return _random.NextDouble() < share ? OddLine.Of(record, _random) : record;
    });

    /// <summary>All of KMS in packed files, one a line.</summary>
    public void WritePacked(string folder)
    {
        var file = (records + PackedFiles - 1) / PackedFiles;
        for (var from = 0; from < records; from += file)
        {
            using var packed = new GZipStream(File.Create(Path.Combine(folder, $"{from:00000000}.jsonl.gz")), CompressionLevel.Optimal);
            Write(packed, index => Kms(index, ""), from, Math.Min(records, from + file));
        }
    }

    /// <summary>All of KMS in packed files as CloudTrail delivers them, <c>{"Records":[...]}</c>.</summary>
    public void WriteDelivered(string folder)
    {
        const int ADelivery = 2000;
        for (var from = 0; from < records; from += ADelivery)
        {
            using var file = File.Create(Path.Combine(folder, $"{from:00000000}.json.gz"));
            using var packed = new StreamWriter(new GZipStream(file, CompressionLevel.Optimal), new UTF8Encoding(false));
            packed.Write("{\"Records\":[");
            for (var index = from; index < Math.Min(records, from + ADelivery); index++)
                packed.Write((index == from ? "" : ",") + Kms(index, ""));
            packed.Write("]}");
        }
    }

    private void Write(Stream stream, Func<int, string> record) => Write(stream, record, 0, records);

    private static void Write(Stream stream, Func<int, string> record, int from, int to)
    {
        using var writer = new StreamWriter(stream, new UTF8Encoding(false), 1 << 16);
        for (var index = from; index < to; index++)
        {
            writer.Write(record(index));
            writer.Write('\n');
        }
    }

    private string Kms(int index, string more)
    {
        var operation = Operations[_random.Next(Operations.Length)];
        var number = (int)(Math.Pow(_random.NextDouble(), 2) * Keys);
        var key = $"arn:aws:kms:us-east-1:{Account}:key/{new Guid(number, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10):D}";
        var error = _random.Next(100) == 0
            ? $"\"errorCode\":\"AccessDenied\",\"errorMessage\":\"The caller is not authorized to perform: kms:{operation} because no resource-based "
                + $"policy allows the kms:{operation} action\","
            : "";
        return $$$$"""
            {"eventVersion":"1.11",{{{{Identity()}}}},"eventTime":"{{{{Time(index)}}}}","eventSource":"kms.amazonaws.com","eventName":"{{{{operation}}}}","awsRegion":"us-east-1",{{{{Caller()}}}},{{{{error}}}}"requestParameters":{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","keyId":"{{{{key}}}}","encryptionContext":{"tenant":"t{{{{_random.Next(500):00000}}}}"}},"responseElements":null,"requestID":"{{{{Id()}}}}","eventID":"{{{{Id()}}}}","readOnly":true,"resources":[{"accountId":"{{{{Account}}}}","type":"AWS::KMS::Key","ARN":"{{{{key}}}}"}],{{{{more}}}}"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{{{{Account}}}}","eventCategory":"Management","vpcEndpointId":"vpce-0a1b2c3d4e5f6{{{{_random.Next(65536):x4}}}}"}
            """;
    }

    private string Other(int index)
    {
        var (source, operation, parameters, answer) = _random.Next(8) switch
        {
            0 => ("ec2", "DescribeInstances", "{\"maxResults\":1000,\"instancesSet\":{},\"filterSet\":{\"items\":[{\"name\":\"instance-state-name\",\"valueSet\":{\"items\":[{\"value\":\"running\"}]}}]}}", "null"),
            1 => ("ec2", "DescribeTags", "{\"maxResults\":200,\"filterSet\":{\"items\":[{\"name\":\"resource-id\",\"valueSet\":{\"items\":[{\"value\":\"i-0123456789abcdef0\"}]}}]}}", "null"),
            2 or 3 => ("s3", "GetObject", $"{{\"bucketName\":\"data-lake\",\"Host\":\"data-lake.s3.us-east-1.amazonaws.com\",\"key\":\"year=2026/month=11/part-{_random.Next(100_000):00000}.parquet\"}}", "null"),
            4 => ("s3", "PutObject", $"{{\"bucketName\":\"logs\",\"key\":\"app/{_random.Next(100_000)}\",\"x-amz-server-side-encryption\":\"aws:kms\"}}", $"{{\"x-amz-version-id\":\"{Id()}\"}}"),
            5 => ("sts", "AssumeRole", $"{{\"roleArn\":\"arn:aws:iam::{Account}:role/app-role-{_random.Next(25)}\",\"roleSessionName\":\"i-{_random.Next():x8}\",\"durationSeconds\":3600}}", $"{{\"assumedRoleUser\":{{\"assumedRoleId\":\"AROAEXAMPLEID123456:i\",\"arn\":\"arn:aws:sts::{Account}:assumed-role/app/i\"}},\"packedPolicySize\":{_random.Next(9)}}}"),
            6 => ("dynamodb", "GetItem", $"{{\"tableName\":\"orders\",\"key\":{{\"id\":\"{_random.Next(1_000_000)}\"}},\"consistentRead\":false}}", "null"),
            _ => ("logs", "CreateLogStream", $"{{\"logGroupName\":\"/aws/lambda/app\",\"logStreamName\":\"2026/11/20/[$LATEST]{_random.Next():x8}\"}}", "null"),
        };
        return $$$$"""
            {"eventVersion":"1.11",{{{{Identity()}}}},"eventTime":"{{{{Time(index)}}}}","eventSource":"{{{{source}}}}.amazonaws.com","eventName":"{{{{operation}}}}","awsRegion":"us-east-1",{{{{Caller()}}}},"requestParameters":{{{{parameters}}}},"responseElements":{{{{answer}}}},"requestID":"{{{{Id()}}}}","eventID":"{{{{Id()}}}}","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{{{{Account}}}}","eventCategory":"Management","tlsDetails":{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{{{{source}}}}.us-east-1.amazonaws.com"}}
            """;
    }

    private string Identity()
    {
        var principal = Math.Min(199, (int)(-Math.Log(1 - _random.NextDouble()) * 30));
        var accessKey = _random.Next(1_000_000_000);
        if (principal >= 150)
        {
            return $$$$"""
                "userIdentity":{"type":"IAMUser","principalId":"AIDAEXAMPLEID12345{{{{principal}}}}","arn":"arn:aws:iam::{{{{Account}}}}:user/user{{{{principal}}}}","accountId":"{{{{Account}}}}","accessKeyId":"AKIAEXAMPLE{{{{accessKey:000000000}}}}","userName":"user{{{{principal}}}}"}
                """;
        }

        var (role, session) = ($"app-role-{principal % 25}", $"i-{principal:x17}");
        return $$$$"""
            "userIdentity":{"type":"AssumedRole","principalId":"AROAEXAMPLEID123456:{{{{session}}}}","arn":"arn:aws:sts::{{{{Account}}}}:assumed-role/{{{{role}}}}/{{{{session}}}}","accountId":"{{{{Account}}}}","accessKeyId":"ASIAEXAMPLE{{{{accessKey:000000000}}}}","sessionContext":{"sessionIssuer":{"type":"Role","principalId":"AROAEXAMPLEID123456","arn":"arn:aws:iam::{{{{Account}}}}:role/{{{{role}}}}","accountId":"{{{{Account}}}}","userName":"{{{{role}}}}"},"attributes":{"creationDate":"2026-11-20T08:00:00Z","mfaAuthenticated":"false"}}}
            """;
    }

    private string Caller() =>
        $"\"sourceIPAddress\":\"10.0.{_random.Next(256)}.{_random.Next(256)}\","
        + "\"userAgent\":\"aws-sdk-java/2.20.43 Linux/5.10 Java/17.0.7 vendor/Amazon cfg/retry-mode/standard\"";

    /// <summary>Members that come and go in good records.</summary>
    private string Everyday() =>
        (_random.Next(2) == 0 ? "\"apiVersion\":\"2014-11-01\"," : "")
        + (_random.Next(2) == 0 ? $"\"additionalEventData\":{{\"keyMaterialId\":\"{Id():N}\"}}," : "")
        + (_random.Next(2) == 0 ? "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_256_GCM_SHA384\"}," : "");

    private string Time(int index) =>
        Start.AddSeconds((long)index * 7200 / records).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private Guid Id()
    {
        Span<byte> id = stackalloc byte[16];
        _random.NextBytes(id);
        return new(id);
    }
}
