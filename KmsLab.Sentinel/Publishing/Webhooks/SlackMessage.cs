using System.Text.Json.Nodes;
using KmsLab.Sentinel.Publishing.Messages;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>A message as Slack's incoming webhooks take it: blocks with a coloured bar beside them, and a button to the alarm's page.</summary>
/// <remarks>
/// https://docs.slack.dev/reference/block-kit/blocks: a header has 150 characters, a section 3,000, each of its fields 2,000 and ten of them, a context block
/// ten elements. https://docs.slack.dev/messaging/formatting-message-text: three characters are escaped. What imitates Slack and knows no blocks shows
/// <c>text</c> and <c>fallback</c>.
/// </remarks>
internal static class SlackMessage
{
    /// <summary>Slack takes 40,000 characters in <c>text</c> and cuts <c>fallback</c> where it likes.</summary>
    public const int MostBytes = 60_000;

    private const int LongestHeader = 150;
    private const int LongestSection = 2_900;

    public static string Of(Message message)
    {
        var blocks = new JsonArray
        {
            new JsonObject { ["type"] = "header", ["text"] = Plain(Message.Cut(message.Headline, LongestHeader)) },
        };
        if (message.Why.Length > 0)
            blocks.Add(Section(Escape(Message.Cut(message.Why, LongestSection / 2))));
        if (message.Notification.News is { } news)
            blocks.Add(Section($"*{message.Texts["Message.News"]}* {Escape(Message.Cut(news, LongestSection / 2))}"));
        blocks.Add(new JsonObject
        {
            ["type"] = "section",
            ["fields"] = new JsonArray([.. message.NamedFacts.Select(fact => Markdown($"*{fact.Name}*\n{Escape(fact.Value)}"))]),
        });
        if (message.Related.Count > 0)
            blocks.Add(Section($"*{message.Texts["Message.Incident"]}*\n{string.Join('\n', message.Related.Select(Related))}"));
        if (message.Link is { } link)
        {
            blocks.Add(new JsonObject
            {
                ["type"] = "actions",
                ["elements"] = new JsonArray(new JsonObject
                {
                    ["type"] = "button",
                    ["action_id"] = "open-alarm",
                    ["text"] = Plain(message.Texts["Message.Open"]),
                    ["url"] = link.ToString(),
                }),
            });
        }

        return new JsonObject
        {
            ["text"] = Escape(message.Headline),
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["color"] = message.Color,
                ["fallback"] = Escape(NotificationText.Body(message)),
                ["blocks"] = blocks,
            }),
        }.ToJsonString();
    }

    private static string Related(RelatedAlarm alarm) =>
        alarm.Link is { } link ? $"• <{link}|{Escape(Message.Cut(alarm.Text, 150))}>" : $"• {Escape(Message.Cut(alarm.Text, 150))}";

    private static JsonObject Section(string markdown) => new() { ["type"] = "section", ["text"] = Markdown(Message.Cut(markdown, LongestSection)) };

    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text };

    private static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
