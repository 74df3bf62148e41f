using System.Net;
using Aspire.Hosting.Testing;

namespace KmsLab.Tests.Aspire;

/// <summary>The Aspire application, running: without containers everywhere, with them where Docker is.</summary>
public sealed class AspireRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public Task Lab_without_containers_encrypts_and_decrypts() => WalkAsync("local");

    [Fact]
    public Task Lab_with_LocalStack_and_Postgres_encrypts_and_decrypts()
    {
        Assert.SkipUnless(File.Exists("/var/run/docker.sock") && Environment.GetEnvironmentVariable("LOCALSTACK_AUTH_TOKEN") is { Length: > 0 },
            "Needs Docker, and LOCALSTACK_AUTH_TOKEN for LocalStack's image.");
        return WalkAsync("localstack");
    }

    private static async Task WalkAsync(string mode)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        await using var app = await AspireApplication.BuildAsync(mode, deadline.Token);
        await app.StartAsync(deadline.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("cryptoapi", deadline.Token);
        await app.ResourceNotifications.WaitForResourceHealthyAsync("sentinel", deadline.Token);

        using var cryptoApi = app.CreateHttpClient("cryptoapi");
        var name = Guid.NewGuid().ToString();
        using var stored = await cryptoApi.PostAsJsonAsync("/encrypt", new { Name = name, Text = "Welcome" }, deadline.Token);
        var key = (await stored.Content.ReadFromJsonAsync<Stored>(deadline.Token))!.Key;
        using var read = await cryptoApi.PostAsJsonAsync("/decrypt", new { Name = name, Key = key }, deadline.Token);

        read.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await read.Content.ReadFromJsonAsync<Read>(deadline.Token))!.Text.ShouldBe("Welcome");
    }

    private sealed record Stored(string Message, string Key);

    private sealed record Read(string Text);
}
