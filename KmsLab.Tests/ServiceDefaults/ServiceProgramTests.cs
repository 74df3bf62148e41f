using System.Net;
using System.Net.Sockets;
using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.ServiceDefaults;

/// <summary>Services as programs of their own that can't start.</summary>
public sealed class ServiceProgramTests
{
    [Theory]
    [InlineData("LocalAws")]
    [InlineData("CryptoApi")]
    [InlineData("Sentinel")]
    public async Task Taken_port_is_named_with_the_option_that_changes_it(string service)
    {
        using var folder = new TempFolder();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)other.LocalEndpoint).Port}";

        using var program = LabProcess.Start([$"--{service}:Url={url}", .. Arguments(service, folder)], program: $"KmsLab.{service}");

        (await program.WaitForExitAsync()).ShouldBe(1);
        program.Output.ShouldContain(
            $"{service} could not start: {service} can't listen on {url}: the port is taken. " +
            $"Stop the program that uses it, or choose another with --{service}:Url=http://localhost:PORT.");
    }

    [Fact]
    public async Task Wrong_setting_is_one_line_and_exit_code_1()
    {
        using var folder = new TempFolder();
        using var program = LabProcess.Start(
            ["--CryptoApi:Url=http://127.0.0.1:0", .. Arguments("CryptoApi", folder), "--CryptoApi:Database=Oracle"],
            program: "KmsLab.CryptoApi");

        (await program.WaitForExitAsync()).ShouldBe(1);
        program.Output.ShouldBe("CryptoApi could not start: CryptoApi:Database (command line): it is 'Oracle'. It is one of Sqlite, PostgreSql.");
    }

    /// <summary>Arguments that take a service as far as listening; AWS is nowhere. A service refuses the sections of others.</summary>
    private static string[] Arguments(string service, TempFolder folder) =>
    [
        .. service switch
        {
            "LocalAws" => new[] { $"--LocalAws:DataDirectory={folder.Path}" },
            "CryptoApi" => ["--CryptoApi:Database=Sqlite", $"--ConnectionStrings:vault=Data Source={folder["vault.db"]}"],
            _ =>
            [
                "--Sentinel:Database=Sqlite",
                $"--ConnectionStrings:sentinel=Data Source={folder["sentinel.db"]}",
                "--Sentinel:LogGroups:0=kmslab-trail",
            ],
        },
        "--AWS:ServiceURL=http://127.0.0.1:9", "--AWS:Region=us-east-1", "--AWS:AccessKeyId=x", "--AWS:SecretAccessKey=x",
    ];
}
