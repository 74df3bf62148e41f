using KmsLab.Sentinel.Alarms;

namespace KmsLab.Tests.Sentinel.Alarms;

/// <summary>Runbook commands fit where they are: none of a lab's can reach a real account.</summary>
public sealed class CommandFrameTests
{
    private const string Command = "aws kms disable-key --key-id arn:aws:kms:eu-west-1:111122223333:key/1234abcd";

    [Fact]
    public void Lab_names_its_endpoint_and_no_profile() =>
        Fit(new("http://localhost:4566", "us-east-1", "prod"), Command).ShouldBe($"{Command} --endpoint-url http://localhost:4566 --region eu-west-1");

    [Fact]
    public void Real_account_names_the_keys_Region_and_the_profile() =>
        Fit(new(null, "us-east-1", "prod"), Command).ShouldBe($"{Command} --region eu-west-1 --profile prod");

    [Fact]
    public void Command_about_no_key_names_Sentinels_own_Region() =>
        Fit(new(null, "us-east-1", null), "aws iam list-roles").ShouldBe("aws iam list-roles --region us-east-1");

    [Fact]
    public void What_a_command_says_itself_stays_and_sentences_do() =>
        new CommandFrame("http://localhost:4566", "us-east-1", null).Fit(["aws kms list-keys --region eu-west-3 --endpoint-url http://lab", "Ask who did it."])
            .ShouldBe(["aws kms list-keys --region eu-west-3 --endpoint-url http://lab", "Ask who did it."]);

    private static string Fit(CommandFrame frame, string command) => frame.Fit([command])[0];
}
