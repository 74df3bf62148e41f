using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

public sealed class StsTests
{
    private const string Role = "arn:aws:iam::000000000000:role/path/to/auditor";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Assumed_role_is_the_caller_from_then_on_and_after_a_restart()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var sts = aws.Sts();

        var assumed = await sts.AssumeRoleAsync(new() { RoleArn = Role, RoleSessionName = "night-shift", DurationSeconds = 900 }, Cancel);
        var session = new SessionAWSCredentials(assumed.Credentials.AccessKeyId, assumed.Credentials.SecretAccessKey, assumed.Credentials.SessionToken);
        await aws.RestartAsync();
        using var asRole = aws.Sts(session);
        var who = await asRole.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancel);

        assumed.Credentials.AccessKeyId.ShouldStartWith("ASIA");
        assumed.AssumedRoleUser.Arn.ShouldBe("arn:aws:sts::000000000000:assumed-role/auditor/night-shift");
        who.Arn.ShouldBe(assumed.AssumedRoleUser.Arn);
        who.UserId.ShouldBe(assumed.AssumedRoleUser.AssumedRoleId);
        var identity = (await aws.LookupAsync("GetCallerIdentity")).Single().GetProperty("userIdentity");
        identity.GetProperty("type").GetString().ShouldBe("AssumedRole");
        identity.GetProperty("sessionContext").GetProperty("sessionIssuer").GetProperty("arn").GetString().ShouldBe(Role);
    }

    [Fact]
    public async Task AssumeRole_is_recorded_without_its_secrets()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var sts = aws.Sts();

        var credentials = (await sts.AssumeRoleAsync(new() { RoleArn = Role, RoleSessionName = "s1" }, Cancel)).Credentials;

        var record = (await aws.LookupAsync("AssumeRole")).Single();
        record.GetProperty("requestParameters").GetProperty("roleArn").GetString().ShouldBe(Role);
        record.GetProperty("responseElements").GetProperty("credentials").GetProperty("accessKeyId").GetString().ShouldBe(credentials.AccessKeyId);
        record.GetProperty("resources")[0].GetProperty("type").GetString().ShouldBe("AWS::IAM::Role");
        record.GetRawText().ShouldNotContain(credentials.SecretAccessKey);
        record.GetRawText().ShouldNotContain(credentials.SessionToken);
    }

    [Fact]
    public async Task Session_ends_when_its_time_is_over()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var aws = await LocalAwsHost.StartAsync(time: time);
        using var sts = aws.Sts();
        var credentials = (await sts.AssumeRoleAsync(new() { RoleArn = Role, RoleSessionName = "s1", DurationSeconds = 900 }, Cancel)).Credentials;
        using var kms = aws.Kms(new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        await kms.ListKeysAsync(new ListKeysRequest(), Cancel);

        time.Advance(TimeSpan.FromSeconds(901));

        (await Should.ThrowAsync<AmazonServiceException>(() => kms.ListKeysAsync(new ListKeysRequest(), Cancel))).ErrorCode.ShouldBe("ExpiredTokenException");
    }

    [Fact]
    public async Task Session_of_a_user_is_that_user_and_opens_no_other()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var sts = aws.Sts();

        var credentials = (await sts.GetSessionTokenAsync(new GetSessionTokenRequest { DurationSeconds = 900 }, Cancel)).Credentials;
        await aws.RestartAsync();
        using var restarted = aws.Sts(new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        var who = await restarted.GetCallerIdentityAsync(new GetCallerIdentityRequest(), Cancel);
        var refused = await Should.ThrowAsync<AmazonServiceException>(() => restarted.GetSessionTokenAsync(new GetSessionTokenRequest(), Cancel));

        who.Arn.ShouldBe("arn:aws:iam::000000000000:user/AKIALABTEST000000000");
        refused.Message.ShouldBe("Cannot call GetSessionToken with session credentials");
        (await aws.LookupAsync("GetSessionToken")).ShouldAllBe(record => !record.GetRawText().Contains(credentials.SecretAccessKey));
    }

    [Fact]
    public async Task Federated_user_is_one_on_the_trail()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var sts = aws.Sts();

        var federated = await sts.GetFederationTokenAsync(new GetFederationTokenRequest { Name = "guest" }, Cancel);
        var credentials = federated.Credentials;
        using var kms = aws.Kms(new SessionAWSCredentials(credentials.AccessKeyId, credentials.SecretAccessKey, credentials.SessionToken));
        await kms.ListKeysAsync(new ListKeysRequest(), Cancel);

        var identity = (await aws.LookupAsync("ListKeys")).Single().GetProperty("userIdentity");
        identity.GetProperty("type").GetString().ShouldBe("FederatedUser");
        identity.GetProperty("arn").GetString().ShouldBe("arn:aws:sts::000000000000:federated-user/guest");
        identity.GetProperty("principalId").GetString().ShouldBe(federated.FederatedUser.FederatedUserId);
    }

    [Theory]
    [InlineData("RoleArn=arn:aws:iam::000000000000:user/nobody&RoleSessionName=abc")]
    [InlineData("RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=a")]
    [InlineData("RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=abc&DurationSeconds=1")]
    [InlineData("RoleSessionName=abc")]
    public async Task Bad_role_is_a_validation_error(string parameters)
    {
        await using var aws = await LocalAwsHost.StartAsync();

        using var response = await aws.PostQueryAsync("sts", $"Action=AssumeRole&Version=2011-06-15&{parameters}");

        ((int)response.StatusCode).ShouldBe(400);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("<Code>ValidationError</Code>");
    }
}
