using System.Net;
using System.Text.Json;
using Amazon.SecurityToken.Model;

namespace KmsLab.Tests.LocalAws;

/// <summary>The wire itself, with STS as the service behind it: protocols, errors, limits.</summary>
public sealed class WireTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private readonly LocalAwsHost _aws = fixture.Host;

    [Fact]
    public async Task Query_answers_the_official_sdk()
    {
        using var sts = _aws.Sts();

        var who = await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest(), TestContext.Current.CancellationToken);

        who.Account.ShouldBe(LocalAwsHost.Account);
        who.Arn.ShouldBe("arn:aws:iam::000000000000:user/AKIALABTEST000000000");
        who.UserId.ShouldStartWith("AIDA");
        who.ResponseMetadata.RequestId.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Query_answers_xml_in_the_services_namespace()
    {
        using var response = await _aws.PostQueryAsync("sts", "Action=GetCallerIdentity&Version=2011-06-15");
        var xml = System.Xml.Linq.XDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));

        xml.Root!.Name.ToString().ShouldBe("{https://sts.amazonaws.com/doc/2011-06-15/}GetCallerIdentityResponse");
        xml.Descendants().Single(e => e.Name.LocalName == "RequestId").Value.ShouldBe(response.Headers.GetValues("x-amzn-RequestId").Single());
    }

    [Fact]
    public async Task Unknown_action_is_InvalidAction_in_xml()
    {
        using var response = await _aws.PostQueryAsync("sts", "Action=Nonsense&Version=2011-06-15");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("<Code>InvalidAction</Code>");
    }

    [Fact]
    public async Task Unsigned_call_is_refused_for_its_missing_token()
    {
        using var http = _aws.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("{}") };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "TrentService.ListKeys");

        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ErrorTypeAsync(response)).ShouldBe("MissingAuthenticationTokenException");
        response.Headers.GetValues("x-amzn-ErrorType").Single().ShouldBe("MissingAuthenticationTokenException");
    }

    [Theory]
    [InlineData("dynamodb", "DynamoDB_20120810.ListTables")]
    [InlineData("sts", "NoDotHere")]
    [InlineData("sts", "TrentService.GetCallerIdentity")]
    public async Task Call_that_nothing_serves_is_an_unknown_operation(string service, string target)
    {
        using var response = await _aws.PostJsonAsync(service, target, "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await ErrorTypeAsync(response)).ShouldBe("UnknownOperationException");
    }

    [Fact]
    public async Task Body_over_the_limit_is_413()
    {
        await using var small = await LocalAwsHost.StartAsync([("LocalAws:MaxRequestBody", "2048")]);

        using var response = await small.PostJsonAsync("sts", "TrentService.Encrypt", new string(' ', 2049));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await ErrorTypeAsync(response)).ShouldBe("RequestEntityTooLargeException");
    }

    [Fact]
    public async Task Get_with_the_action_in_the_query_string_is_served()
    {
        using var http = _aws.Http();

        var xml = await http.GetStringAsync(
            "/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Credential=AKIAPRESIGNED0000000%2F20260101%2Fus-east-1%2Fsts%2Faws4_request", TestContext.Current.CancellationToken);

        xml.ShouldContain("user/AKIAPRESIGNED0000000");
    }

    [Fact]
    public async Task Health_is_answered()
    {
        using var http = _aws.Http();

        (await http.GetStringAsync("/health", TestContext.Current.CancellationToken)).ShouldBe("Healthy");
    }

    internal static async Task<string?> ErrorTypeAsync(HttpResponseMessage response)
    {
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        return json.RootElement.GetProperty("__type").GetString();
    }
}
