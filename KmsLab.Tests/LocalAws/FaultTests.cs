using Amazon.KeyManagementService;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.LocalAws;

/// <summary>Calls that are slow or fail because <c>LocalAws:Faults</c> says so.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task An_injected_error_is_answered_and_stands_on_the_trail()
    {
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Faults:0:Action", "kms:List*"), ("LocalAws:Faults:0:Error", "ThrottlingException")]);
        using var kms = aws.Kms();

        var problem = await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.ListKeysAsync(new(), TestContext.Current.CancellationToken));
        await kms.CreateKeyAsync(new(), TestContext.Current.CancellationToken); // Not covered.

        (problem.ErrorCode, (int)problem.StatusCode).ShouldBe(("ThrottlingException", 400));
        var record = (await aws.DeliveredAsync(records => records.Any(record => record.Record.GetProperty("eventName").GetString() == "ListKeys")))
            .Single(record => record.Record.GetProperty("eventName").GetString() == "ListKeys").Record;
        record.GetProperty("errorCode").GetString().ShouldBe("ThrottlingException");
        record.GetProperty("requestID").GetString().ShouldBe(problem.RequestId);
    }

    [Fact]
    public async Task Latency_is_waited_for_and_then_the_call_is_served()
    {
        var time = new FakeTimeProvider(new(2026, 11, 24, 0, 0, 0, TimeSpan.Zero));
        await using var aws = await LocalAwsHost.StartAsync([("LocalAws:Faults:0:Action", "kms:ListKeys"), ("LocalAws:Faults:0:Latency", "00:00:08")], time);
        using var kms = aws.Kms();

        var call = kms.ListKeysAsync(new(), TestContext.Current.CancellationToken);
        await kms.ListAliasesAsync(new(), TestContext.Current.CancellationToken);
        call.IsCompleted.ShouldBeFalse();
        while (!call.IsCompleted) // Its own clock moves only here.
        {
            time.Advance(TimeSpan.FromSeconds(8));
            await Task.WhenAny(call, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken));
        }

        (await call).Keys.ShouldNotBeNull();
    }

    [Fact]
    public async Task Faults_come_and_go_at_run_time()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var http = aws.Http();
        using var kms = aws.Kms();

        await PutAsync(http, """[{"action":"kms:ListKeys","error":"KMSInternalException","status":500}]""", 200);
        var problem = await Should.ThrowAsync<AmazonKeyManagementServiceException>(() => kms.ListKeysAsync(new(), TestContext.Current.CancellationToken));
        ((int)problem.StatusCode).ShouldBe(500);
        (await http.GetFromJsonAsync<System.Text.Json.JsonElement>("/_localaws/faults", TestContext.Current.CancellationToken)).GetArrayLength().ShouldBe(1);

        await PutAsync(http, """[{"action":"kms:ListKeys","error":"KMSInternalException","percent":0}]""", 200);
        await kms.ListKeysAsync(new(), TestContext.Current.CancellationToken);
        await PutAsync(http, "[]", 200);
        await kms.ListKeysAsync(new(), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("null", "list")]
    [InlineData("[null]", "list")]
    [InlineData("{}", "list")]
    [InlineData("""[{"error":"X"}]""", "Action is empty")]
    [InlineData("""[{"action":"kms:*","latency":"soon"}]""", "latency")]
    [InlineData("""[{"action":"kms:*","latency":"02:00:00"}]""", "Latency")]
    [InlineData("""[{"action":"kms:*","status":200}]""", "Status")]
    [InlineData("""[{"action":"kms:*","percent":101}]""", "Percent")]
    [InlineData("""[{"acton":"kms:*"}]""", "acton")]
    public async Task A_wrong_fault_is_refused_by_its_name(string body, string named)
    {
        await using var aws = await LocalAwsHost.StartAsync();
        using var http = aws.Http();

        (await PutAsync(http, body, 400)).ShouldContain(named);
    }

    [Fact]
    public async Task A_wrong_fault_in_the_configuration_stops_the_start()
    {
        var problem = await Should.ThrowAsync<Exception>(() => LocalAwsHost.StartAsync([("LocalAws:Faults:0:Latency", "02:00:00")]));

        problem.Message.ShouldContain("Latency must be");
        problem.Message.ShouldContain("Action is empty");
    }

    private static async Task<string> PutAsync(HttpClient http, string body, int status)
    {
        using var answer = await http.PutAsync("/_localaws/faults", new StringContent(body, new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")), TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        ((int)answer.StatusCode).ShouldBe(status, text);
        return text;
    }
}
