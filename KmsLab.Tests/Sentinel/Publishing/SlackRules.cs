using System.Text.Json.Nodes;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The limits that Slack documents for the blocks that are used: https://docs.slack.dev/reference/block-kit/blocks.</summary>
internal static class SlackRules
{
    public static void Check(JsonNode message)
    {
        Text(message["text"]!, 40_000);
        var attachment = message["attachments"]!.AsArray().ShouldHaveSingleItem()!;
        attachment["color"]!.GetValue<string>().ShouldMatch("^#[0-9a-f]{6}$");
        var blocks = attachment["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 50);
        foreach (var block in blocks)
            CheckBlock(block!);
    }

    private static void CheckBlock(JsonNode block)
    {
        switch (block["type"]!.GetValue<string>())
        {
            case "header":
                Object(block["text"]!, "plain_text", 150);
                break;
            case "section" when block["text"] is { } text:
                Object(text, "mrkdwn", 3_000);
                break;
            case "section":
                block["fields"]!.AsArray().Count.ShouldBeInRange(1, 10);
                foreach (var field in block["fields"]!.AsArray())
                    Object(field!, "mrkdwn", 2_000);
                break;
            case "actions":
                var button = block["elements"]!.AsArray().ShouldHaveSingleItem()!;
                button["type"]!.GetValue<string>().ShouldBe("button");
                Object(button["text"]!, "plain_text", 75);
                Text(button["url"]!, 3_000);
                Text(button["action_id"]!, 255);
                break;
            case var other:
                Assert.Fail($"No block of the kind {other} was meant.");
                break;
        }
    }

    private static void Object(JsonNode text, string type, int most)
    {
        text["type"]!.GetValue<string>().ShouldBe(type);
        Text(text["text"]!, most);
    }

    private static void Text(JsonNode text, int most) => text.GetValue<string>().Length.ShouldBeInRange(1, most);
}
