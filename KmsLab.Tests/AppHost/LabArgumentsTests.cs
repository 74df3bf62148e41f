using KmsLab.AppHost;

namespace KmsLab.Tests.AppHost;

public sealed class LabArgumentsTests
{
    [Fact]
    public void Short_option_and_settings_become_configuration_keys()
    {
        var settings = LabArguments.Parse(["--data", "x", "--CryptoApi:Url=http://localhost:1", "--Sentinel:HeadInterval", "00:00:02"]);

        settings.ShouldBe(new Dictionary<string, string?>
        {
            ["Lab:DataDirectory"] = "x",
            ["CryptoApi:Url"] = "http://localhost:1",
            ["Sentinel:HeadInterval"] = "00:00:02",
        }, ignoreOrder: true);
    }

    [Theory]
    [InlineData("--dta")]
    [InlineData("--Nobody:Key=1")]
    [InlineData("stray")]
    public void Unknown_option_is_named_with_the_way_to_help(string argument)
    {
        var error = Should.Throw<LabException>(() => LabArguments.Parse([argument, "x"]));

        error.Message.ShouldBe($"unknown option {argument.Split('=')[0]}. Run with --help for the options.");
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--data", "--CryptoApi:Url=http://localhost:1")]
    [InlineData("--data=")]
    public void Option_without_a_value_is_named(params string[] arguments)
    {
        var error = Should.Throw<LabException>(() => LabArguments.Parse(arguments));

        error.Message.ShouldBe("the option --data needs a value: --data VALUE.");
    }
}
