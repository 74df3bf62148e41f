using System.Text;
using System.Text.Json;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;

namespace KmsLab.Tests.LocalAws;

public sealed class TrailRecordTests
{
    private const string RoleKey = "AKIALABROLE000000000";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Decrypt_leaves_the_record_that_aws_would_write()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new("secret"u8.ToArray()), EncryptionContext = new() { ["purpose"] = "test" } }, Cancel);

        var answer = await kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["purpose"] = "test" } }, Cancel);

        var record = (await aws.LookupAsync("Decrypt")).Single();
        record.GetProperty("eventVersion").GetString().ShouldBe("1.11");
        record.GetProperty("eventSource").GetString().ShouldBe("kms.amazonaws.com");
        record.GetProperty("eventName").GetString().ShouldBe("Decrypt");
        record.GetProperty("awsRegion").GetString().ShouldBe("us-east-1");
        record.GetProperty("sourceIPAddress").GetString().ShouldBe("127.0.0.1");
        record.GetProperty("userAgent").GetString()!.ShouldContain("aws-sdk-dotnet");
        record.GetProperty("readOnly").GetBoolean().ShouldBeTrue();
        record.GetProperty("managementEvent").GetBoolean().ShouldBeTrue();
        record.GetProperty("eventType").GetString().ShouldBe("AwsApiCall");
        record.GetProperty("eventCategory").GetString().ShouldBe("Management");
        record.GetProperty("recipientAccountId").GetString().ShouldBe("000000000000");
        record.GetProperty("requestID").GetString().ShouldBe(answer.ResponseMetadata.RequestId);
        Guid.TryParse(record.GetProperty("eventID").GetString(), out _).ShouldBeTrue();
        record.GetProperty("responseElements").ValueKind.ShouldBe(JsonValueKind.Null);
        record.TryGetProperty("errorCode", out _).ShouldBeFalse();
        record.GetProperty("requestParameters").GetRawText().ShouldBe("""{"encryptionContext":{"purpose":"test"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}""");
        var resource = record.GetProperty("resources").EnumerateArray().Single();
        resource.GetProperty("ARN").GetString().ShouldBe(key.Arn);
        resource.GetProperty("type").GetString().ShouldBe("AWS::KMS::Key");
        resource.GetProperty("accountId").GetString().ShouldBe("000000000000");
        var identity = record.GetProperty("userIdentity");
        identity.GetProperty("type").GetString().ShouldBe("IAMUser");
        identity.GetProperty("arn").GetString().ShouldBe("arn:aws:iam::000000000000:user/AKIALABTEST000000000");
        identity.GetProperty("accessKeyId").GetString().ShouldBe("AKIALABTEST000000000");
        record.GetProperty("tlsDetails").GetProperty("clientProvidedHostHeader").GetString().ShouldBe(new Uri(aws.Url).Authority);
    }

    [Fact]
    public async Task Failed_call_is_recorded_with_its_error_and_key()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel);

        await Should.ThrowAsync<InvalidCiphertextException>(() => kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, EncryptionContext = new() { ["no"] = "no" } }, Cancel));
        await Should.ThrowAsync<NotFoundException>(() => kms.DescribeKeyAsync("alias/none", Cancel));

        var decrypt = (await aws.LookupAsync("Decrypt")).Single();
        decrypt.GetProperty("errorCode").GetString().ShouldBe("InvalidCiphertextException");
        decrypt.GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe(key.Arn);
        var describe = (await aws.LookupAsync("DescribeKey")).Single();
        describe.GetProperty("errorCode").GetString().ShouldBe("NotFoundException");
        describe.GetProperty("errorMessage").GetString().ShouldBe("Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found.");
        describe.TryGetProperty("resources", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Record_never_holds_plaintext_nor_ciphertext()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var secret = Encoding.UTF8.GetBytes("a text that must not be told");
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new(secret) }, Cancel);
        await kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob }, Cancel);
        var moved = await kms.ReEncryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, DestinationKeyId = key.KeyId }, Cancel);
        var dataKey = await kms.GenerateDataKeyAsync(new() { KeyId = key.KeyId, NumberOfBytes = 32 }, Cancel);
        var random = await kms.GenerateRandomAsync(32, Cancel);

        var all = string.Join('\n', (await aws.LookupAsync()).Select(record => record.GetRawText()));

        all.ShouldContain("GenerateRandom");
        foreach (var bytes in (byte[][])[secret, encrypted.CiphertextBlob.ToArray(), moved.CiphertextBlob.ToArray(), dataKey.Plaintext.ToArray(), dataKey.CiphertextBlob.ToArray(), random.Plaintext.ToArray()])
        {
            all.ShouldNotContain(Convert.ToBase64String(bytes));
            all.ShouldNotContain(Encoding.UTF8.GetString(bytes));
        }
    }

    [Fact]
    public async Task ReEncrypt_lists_both_keys_and_both_contexts()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();
        var source = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var destination = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var encrypted = await kms.EncryptAsync(new() { KeyId = source.KeyId, Plaintext = new([1]), EncryptionContext = new() { ["a"] = "1" } }, Cancel);

        await kms.ReEncryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob, SourceEncryptionContext = new() { ["a"] = "1" }, DestinationKeyId = destination.Arn, DestinationEncryptionContext = new() { ["b"] = "2" } }, Cancel);

        var record = (await aws.LookupAsync("ReEncrypt")).Single();
        record.GetProperty("resources").EnumerateArray().Select(resource => resource.GetProperty("ARN").GetString()).ShouldBe([source.Arn, destination.Arn]);
        record.GetProperty("requestParameters").GetProperty("sourceEncryptionContext").GetProperty("a").GetString().ShouldBe("1");
        record.GetProperty("requestParameters").GetProperty("destinationEncryptionContext").GetProperty("b").GetString().ShouldBe("2");
    }

    [Fact]
    public async Task Role_session_is_recorded_with_its_issuer()
    {
        await using var aws = await LocalAwsHost.StartAsync([
            ("LocalAws:Principals:0:AccessKeyId", RoleKey),
            ("LocalAws:Principals:0:Arn", "arn:aws:sts::000000000000:assumed-role/kmslab-cryptoapi/lab")]);
        using var kms = aws.Kms(new BasicAWSCredentials(RoleKey, "x"));

        await kms.ListKeysAsync(new ListKeysRequest(), Cancel);

        var identity = (await aws.LookupAsync("ListKeys")).Single().GetProperty("userIdentity");
        identity.GetProperty("type").GetString().ShouldBe("AssumedRole");
        identity.GetProperty("arn").GetString().ShouldBe("arn:aws:sts::000000000000:assumed-role/kmslab-cryptoapi/lab");
        identity.GetProperty("principalId").GetString()!.ShouldEndWith(":lab");
        var issuer = identity.GetProperty("sessionContext").GetProperty("sessionIssuer");
        issuer.GetProperty("arn").GetString().ShouldBe("arn:aws:iam::000000000000:role/kmslab-cryptoapi");
        issuer.GetProperty("userName").GetString().ShouldBe("kmslab-cryptoapi");
        identity.GetProperty("sessionContext").GetProperty("attributes").GetProperty("mfaAuthenticated").GetString().ShouldBe("false");
    }

    [Fact]
    public async Task CreateKey_shows_request_and_response()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var kms = aws.Kms();

        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;

        var record = (await aws.LookupAsync("CreateKey")).Single();
        record.GetProperty("readOnly").GetBoolean().ShouldBeFalse();
        record.GetProperty("requestParameters").GetProperty("keySpec").GetString().ShouldBe("SYMMETRIC_DEFAULT");
        var metadata = record.GetProperty("responseElements").GetProperty("keyMetadata");
        metadata.GetProperty("aWSAccountId").GetString().ShouldBe("000000000000");
        metadata.GetProperty("arn").GetString().ShouldBe(key.Arn);
        metadata.GetProperty("creationDate").GetString()!.ShouldMatch("^[A-Z][a-z]{2} [0-9]{1,2}, [0-9]{4}, [0-9]{1,2}:[0-9]{2}:[0-9]{2} [AP]M$");
    }

    [Fact]
    public async Task Denied_call_is_refused_and_recorded_as_AccessDenied()
    {
        await using var aws = await LocalAwsHost.StartAsync([
            ("LocalAws:Denials:0:Principal", "*user/AKIALABTEST*"),
            ("LocalAws:Denials:0:Actions:0", "kms:Decrypt"),
            ("LocalAws:Denials:0:Resources:0", "arn:aws:kms:*:key/*")]);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;
        var encrypted = await kms.EncryptAsync(new() { KeyId = key.KeyId, Plaintext = new([1]) }, Cancel);

        var error = await Should.ThrowAsync<AmazonServiceException>(() => kms.DecryptAsync(new() { CiphertextBlob = encrypted.CiphertextBlob }, Cancel));

        error.ErrorCode.ShouldBe("AccessDeniedException");
        error.Message.ShouldStartWith($"User: arn:aws:iam::000000000000:user/AKIALABTEST000000000 is not authorized to perform: kms:Decrypt on resource: {key.Arn}");
        var record = (await aws.LookupAsync("Decrypt")).Single();
        record.GetProperty("errorCode").GetString().ShouldBe("AccessDenied");
        record.GetProperty("resources")[0].GetProperty("ARN").GetString().ShouldBe(key.Arn);
    }

    [Fact]
    public async Task Denied_call_may_be_recorded_without_details()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Denials:0:Actions:0", "kms:DescribeKey"), ("LocalAws:Delivery:BareDenials", "true")]);
        using var kms = aws.Kms();
        var key = (await kms.CreateKeyAsync(new CreateKeyRequest(), Cancel)).KeyMetadata;

        await Should.ThrowAsync<AmazonServiceException>(() => kms.DescribeKeyAsync(key.KeyId, Cancel));

        var record = (await aws.LookupAsync("DescribeKey")).Single();
        record.GetProperty("requestParameters").ValueKind.ShouldBe(JsonValueKind.Null);
        record.TryGetProperty("resources", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Source_ip_header_counts_only_when_trusted()
    {
        await using var trusting = await LocalAwsHost.StartAsync([("LocalAws:TrustSourceIpHeader", "true")]);
        await using var plain = await LocalAwsHost.StartAsync();

        foreach (var (aws, expected) in ((LocalAwsHost, string)[])[(trusting, "203.0.113.9"), (plain, "127.0.0.1")])
        {
            using var http = aws.Http();
            using var request = ListKeys("x-localaws-source-ip", "203.0.113.9");
            (await http.SendAsync(request, Cancel)).EnsureSuccessStatusCode();

            (await aws.LookupAsync("ListKeys")).Single().GetProperty("sourceIPAddress").GetString().ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Source_ip_is_the_connection_s_whatever_the_caller_says_of_it()
    {
        // Aspire's AddProject sets the variable of this key, with which ASP.NET Core by itself believes anybody's X-Forwarded-For.
        await using var aws = await LocalAwsHost.StartAsync([("ForwardedHeaders_Enabled", "true")]);
        using var http = LocalAddress.Client("127.0.0.7", new(aws.Url));
        using var request = ListKeys("X-Forwarded-For", "203.0.113.9");

        (await http.SendAsync(request, Cancel)).EnsureSuccessStatusCode();

        (await aws.LookupAsync("ListKeys")).Single().GetProperty("sourceIPAddress").GetString().ShouldBe("127.0.0.7");
    }

    [Fact]
    public async Task Invoked_by_header_makes_a_call_one_of_the_service_when_trusted()
    {
        await using var trusting = await LocalAwsHost.StartAsync([("LocalAws:TrustSourceIpHeader", "true")]);
        await using var plain = await LocalAwsHost.StartAsync();

        (await InvokedAsync(trusting, "s3.amazonaws.com")).ShouldBe(("s3.amazonaws.com", "s3.amazonaws.com", "s3.amazonaws.com", "AKIAX"));
        (await InvokedAsync(plain, "s3.amazonaws.com")).ShouldBe((null, "127.0.0.1", "test", "AKIAX"));
    }

    /// <summary>A call of KMS as the SDK sends it, with one header more.</summary>
    private static HttpRequestMessage ListKeys(string header, string value)
    {
        var body = new StringContent("{}", new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-amz-json-1.1"));
        var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = body };
        request.Headers.Add("X-Amz-Target", "TrentService.ListKeys");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=AKIAX/20260101/us-east-1/kms/aws4_request, SignedHeaders=host, Signature=00");
        request.Headers.Add(header, value);
        return request;
    }

    private static async Task<(string? InvokedBy, string? SourceIp, string? UserAgent, string? AccessKeyId)> InvokedAsync(LocalAwsHost aws, string service)
    {
        using var http = aws.Http();
        using var request = ListKeys("x-localaws-invoked-by", service);
        request.Headers.Add("User-Agent", "test");
        (await http.SendAsync(request, Cancel)).EnsureSuccessStatusCode();

        var record = (await aws.LookupAsync("ListKeys")).Single();
        var identity = record.GetProperty("userIdentity");
        return (
            identity.TryGetProperty("invokedBy", out var invokedBy) ? invokedBy.GetString() : null, record.GetProperty("sourceIPAddress").GetString(),
            record.GetProperty("userAgent").GetString(), identity.GetProperty("accessKeyId").GetString());
    }
}
