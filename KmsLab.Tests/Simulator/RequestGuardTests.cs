using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.Simulator;

/// <summary>Requests that the simulator takes: from programs of this machine, never from another site's page in a browser.</summary>
public sealed class RequestGuardTests : IAsyncLifetime
{
    private SimulatorHost _simulator = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _simulator = await SimulatorHost.StartAsync();

    public ValueTask DisposeAsync() => _simulator.DisposeAsync();

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST:81")]
    [InlineData("127.0.0.1:5070")]
    [InlineData("127.3.2.1")]
    [InlineData("[::1]:5070")]
    public async Task Name_of_this_machine_is_served(string host)
    {
        using var answer = await GetAsync(request => request.Headers.Host = host);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("attacker.example:5070")]
    [InlineData("localhost.attacker.example")]
    [InlineData("192.168.1.7")]
    [InlineData("2130706433")]
    [InlineData("127.1")]
    [InlineData("[::ffff:10.0.0.1]")]
    public async Task Name_that_a_site_could_point_here_is_refused(string host)
    {
        using var answer = await GetAsync(request => request.Headers.Host = host);

        await RefusedAsync(answer, HttpStatusCode.MisdirectedRequest, "localhost");
    }

    [Theory]
    [InlineData("http://attacker.example")]
    [InlineData("http://localhost:15080")]
    [InlineData("null")]
    public async Task Another_origin_is_refused(string origin)
    {
        using var answer = await GetAsync(request => request.Headers.Add("Origin", origin));

        await RefusedAsync(answer, HttpStatusCode.Forbidden, "Origin");
    }

    [Fact]
    public async Task Own_origin_is_served()
    {
        var own = _simulator.Http.BaseAddress!.GetLeftPart(UriPartial.Authority);
        using var answer = await GetAsync(request => request.Headers.Add("Origin", own));

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("none", HttpStatusCode.OK)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    public async Task Request_of_another_site_is_refused(string site, HttpStatusCode status)
    {
        using var answer = await GetAsync(request => request.Headers.Add("Sec-Fetch-Site", site));

        answer.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData(null)]
    public async Task Post_that_a_form_could_send_is_refused(string? type)
    {
        using var content = new StringContent("""{"scenario":"normal"}""");
        content.Headers.ContentType = type is null ? null : new MediaTypeHeaderValue(type);
        using var answer = await _simulator.Http.PostAsync("/api/runs", content, Cancellation);

        await RefusedAsync(answer, HttpStatusCode.UnsupportedMediaType, "application/json");
        (await _simulator.GetAsync("/api/runs")).AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals_hold_for_every_path()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "attacker.example" } };
        using var answer = await _simulator.Http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.MisdirectedRequest);
    }

    private async Task<HttpResponseMessage> GetAsync(Action<HttpRequestMessage> with)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/scenarios");
        with(request);
        return await _simulator.Http.SendAsync(request, Cancellation);
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, HttpStatusCode status, string words)
    {
        answer.StatusCode.ShouldBe(status);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await answer.Content.ReadFromJsonAsync<JsonNode>(Cancellation))!["detail"]!.GetValue<string>().ShouldContain(words);
    }
}
