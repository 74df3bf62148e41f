using KmsLab.Tests.EndToEnd;

namespace KmsLab.Tests.Aspire;

/// <summary>The walk of the README: a secret in and out again, and an alarm for who guesses its Key.</summary>
internal static class LabWalk
{
    private const string Name = "Andy Jassy";
    private const string Text = "Welcome to ReInvent 2020!";

    public static async Task PlayAsync(RunningLab lab)
    {
        var key = await lab.EncryptAsync(Name, Text);
        using var right = await lab.DecryptByGetAsync(Name, key);
        (await RunningLab.JsonAsync(right))["Text"]!.GetValue<string>().ShouldBe(Text);
        var alarms = await lab.SentinelAsync("/api/alarms");
        alarms.ToJsonString().ShouldNotContain("kms-error-burst");

        for (var guess = 0; guess < 2; guess++)
        {
            using var refused = await lab.DecryptAsync(Name, $"guess {guess}");
            (await RunningLab.JsonAsync(refused))["Message"]!.GetValue<string>().ShouldBe(RunningLab.WrongKeyMessage);
        }

        await lab.SentinelAsync("/api/alarms", raised => raised.ToJsonString().Contains("kms-error-burst", StringComparison.Ordinal));
    }
}
