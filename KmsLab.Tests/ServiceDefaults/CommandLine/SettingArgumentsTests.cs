using KmsLab.ServiceDefaults.CommandLine;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.Tests.ServiceDefaults.CommandLine;

/// <summary>Arguments that are settings, and those of them that are refused.</summary>
public sealed class SettingArgumentsTests
{
    [Theory]
    [InlineData("--Sentinel:Url=http://localhost:1", "--Sentinel:Url=http://localhost:1")]
    [InlineData("--Sentinel:Url http://localhost:1", "--Sentinel:Url=http://localhost:1")]
    [InlineData("--sentinel:url=", "--sentinel:url=")]
    [InlineData("--ConnectionStrings:sentinel=Data=x", "--ConnectionStrings:sentinel=Data=x")]
    [InlineData("--AWS:Region eu-south-2", "--AWS:Region=eu-south-2")]
    [InlineData("--Logging:LogLevel:Default Debug", "--Logging:LogLevel:Default=Debug")]
    [InlineData("--urls=http://localhost:1", "--urls=http://localhost:1")]
    [InlineData("--http_ports 8080", "--http_ports=8080")]
    [InlineData("--https_ports=8443", "--https_ports=8443")]
    [InlineData("--environment Development", "--environment=Development")]
    [InlineData("--contentRoot=/app", "--contentRoot=/app")]
    [InlineData("--applicationName x", "--applicationName=x")]
    [InlineData("--AllowedHosts *", "--AllowedHosts=*")]
    [InlineData("--OTEL_SERVICE_NAME=x", "--OTEL_SERVICE_NAME=x")]
    public void Setting_is_passed_on_to_configuration(string arguments, string setting)
    {
        var split = SettingArguments.Split(arguments.Split(' '), "Sentinel");

        split.Settings.ShouldBe([setting]);
        split.Rest.ShouldBeEmpty();
    }

    [Fact]
    public void Options_and_commands_are_left_where_they_stand()
    {
        var split = SettingArguments.Split(["--config", "a:b.json", "--Sentinel:Url", "replay", "repaly", "--halp"], "Sentinel");

        split.Settings.ShouldBe(["--Sentinel:Url=replay"]);
        split.Rest.ShouldBe(["--config", "a:b.json", "repaly", "--halp"]);
    }

    [Theory]
    [InlineData("--Sentinle:Url=x", "'Sentinle': did you mean 'Sentinel'?")]
    [InlineData("--ConnectionString:vault=x", "'ConnectionString': did you mean 'ConnectionStrings'?")]
    [InlineData("--CryptoApi:Url=x", "Sentinel reads no section 'CryptoApi'. It reads Sentinel, ConnectionStrings, AWS")]
    [InlineData("--Sentinel:Url", "needs a value: --Sentinel:Url=VALUE")]
    [InlineData("--Sentinel:Url --AWS:Region=x", "needs a value: --Sentinel:Url=VALUE")]
    public void Setting_that_nobody_could_read_is_refused(string arguments, string why) =>
        Should.Throw<CommandLineException>(() => SettingArguments.Split(arguments.Split(' '), "Sentinel")).Message.ShouldContain(why);

    [Theory]
    [InlineData("repaly", "replay")]
    [InlineData("Replays", "replay")]
    [InlineData("heatlh", "health")]
    [InlineData("start", null)]
    [InlineData("x", null)]
    public void Nearest_name_is_one_that_may_have_been_meant(string wrong, string? meant) =>
        NearestName.To(wrong, ["replay", "detections", "health"]).ShouldBe(meant);
}
