using System.Net;
using System.Net.Sockets;
using KmsLab.AppHost;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.AppHost;

public sealed class EmbeddedLabStartTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("LocalAws")]
    [InlineData("CryptoApi")]
    [InlineData("Sentinel")]
    public async Task Taken_port_is_named_with_the_option_that_changes_it(string service)
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var settings = TestLab.Settings(folder.Path);
        settings[$"{service}:Url"] = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        var error = await Should.ThrowAsync<LabException>(() => EmbeddedLab.StartAsync(settings, Cancellation));

        error.Message.ShouldBe($"{service} can't listen on {settings[$"{service}:Url"]}: the port is taken. Stop the program that uses it, or choose another with --{service}:Url=http://localhost:PORT.");
    }

    [Fact]
    public async Task Lab_that_failed_to_start_lets_go_of_the_data_directory()
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var settings = TestLab.Settings(folder.Path);
        settings["Sentinel:Url"] = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";
        await Should.ThrowAsync<LabException>(() => EmbeddedLab.StartAsync(settings, Cancellation));

        await using var lab = await EmbeddedLab.StartAsync(TestLab.Settings(folder.Path), Cancellation);

        lab.Data.Path.ShouldBe(folder.Path);
    }

    [Fact]
    public async Task Data_directory_has_one_lab_at_a_time()
    {
        using var folder = new TempFolder();
        await using var first = await EmbeddedLab.StartAsync(TestLab.Settings(folder.Path), Cancellation);

        var error = await Should.ThrowAsync<LabException>(() => EmbeddedLab.StartAsync(TestLab.Settings(folder.Path), Cancellation));

        error.Message.ShouldContain("is in use by another lab");
    }

    [Fact]
    public async Task Data_directory_that_is_a_file_is_an_error_that_names_the_option()
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["file"], "", Cancellation);

        var error = await Should.ThrowAsync<LabException>(() => EmbeddedLab.StartAsync(TestLab.Settings(folder["file"]), Cancellation));

        error.Message.ShouldStartWith($"the data directory {folder["file"]} can't be used");
        error.Message.ShouldEndWith("Choose another with --data DIR.");
    }
}
