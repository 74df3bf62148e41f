using System.Text.Json;
using Aspire.Hosting.Testing;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// The real application under Aspire.Hosting.Testing, on random ports: what people write who test their own application so.
/// </summary>
public sealed class AspireTestingTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public async Task Application_encrypts_raises_an_alarm_and_stops()
    {
        using var folder = new TempFolder();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.KmsLab_AppHost>(
            ["--data", folder.Path, "--Lab:Database=sqlite"], deadline.Token);
        await using var app = await builder.BuildAsync(deadline.Token);
        await app.StartAsync(deadline.Token);
        foreach (var service in new[] { "localaws", "cryptoapi", "sentinel", "simulator" })
            await app.ResourceNotifications.WaitForResourceHealthyAsync(service, deadline.Token);

        using var cryptoApi = app.CreateHttpClient("cryptoapi", "http");
        using var sentinel = app.CreateHttpClient("sentinel", "http");
        for (var guess = 0; guess < 2; guess++)
        {
            // The lab's names begin with a capital; the usual options would make them small, and be refused for that.
            using var refused = await cryptoApi.PostAsJsonAsync(
                "/decrypt", new { Name = "nobody's", Key = $"guess {guess}" }, JsonSerializerOptions.Default, deadline.Token);
            (await refused.Content.ReadAsStringAsync(deadline.Token)).ShouldContain(RunningLab.WrongKeyMessage);
        }

        var alarms = new Uri("/api/alarms", UriKind.Relative);
        while (!(await sentinel.GetStringAsync(alarms, deadline.Token)).Contains("kms-error-burst", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, deadline.Token);

        var begun = TimeProvider.System.GetTimestamp();
        await app.StopAsync(deadline.Token);
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s.");
    }
}
