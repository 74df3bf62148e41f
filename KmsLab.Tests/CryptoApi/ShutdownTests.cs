using System.Net.Sockets;
using System.Text.Json.Nodes;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Tests.EndToEnd;
using KmsLab.Tests.LocalAws;
using KmsLab.Tests.Postgres;

namespace KmsLab.Tests.CryptoApi;

/// <summary>A deployment stops the old task by SIGTERM: what it accepted it finishes.</summary>
public sealed class ShutdownTests(PostgresCluster cluster, LocalAwsFixture aws) : IClassFixture<LocalAwsFixture>
{
    [Fact]
    public async Task A_signal_lets_a_slow_request_finish_and_nobody_new_in()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "There is no SIGTERM on Windows.");
        await using var wire = await AwsWire.StartAsync(aws.Host.Url);
        await using var database = await TestDatabase.CreateAsync(DatabaseProvider.Sqlite, cluster);
        var url = new Uri($"http://127.0.0.1:{LabProcess.FreePort()}");
        using var service = LabProcess.Start(Arguments(url, wire.Url, database), program: "KmsLab.CryptoApi");
        await service.WaitForAsync(url);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = url };
        using var held = wire.Hold("Encrypt");
        var slow = http.PostAsJsonAsync("/encrypt", new { Name = "n", Text = "t" }, new System.Text.Json.JsonSerializerOptions(), TestContext.Current.CancellationToken);
        await held.Reached;

        service.Signal("TERM");
        await UntilRefusedAsync(url);
        held.Release();

        using var answer = await slow;
        ((int)answer.StatusCode).ShouldBe(200);
        (await answer.Content.ReadFromJsonAsync<JsonNode>(TestContext.Current.CancellationToken))!["Key"]!.GetValue<string>().Length.ShouldBe(43);
        (await service.WaitForExitAsync()).ShouldBe(0);
    }

    private static async Task UntilRefusedAsync(Uri url)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (true)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(url.Host, url.Port, deadline.Token);
            }
            catch (SocketException refused) when (refused.SocketErrorCode == SocketError.ConnectionRefused)
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private static string[] Arguments(Uri url, string awsUrl, TestDatabase database) =>
    [
        $"--CryptoApi:Url={url}", "--CryptoApi:Database=Sqlite", "--CryptoApi:CreateKey=true", $"--ConnectionStrings:vault={database.ConnectionString}",
        $"--AWS:ServiceURL={awsUrl}", "--AWS:Region=us-east-1", "--AWS:AccessKeyId=AKIALABCRYPTOAPI0000", "--AWS:SecretAccessKey=secret",
    ];
}
