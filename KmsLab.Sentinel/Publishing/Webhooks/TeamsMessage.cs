using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;

namespace KmsLab.Sentinel.Publishing.Webhooks;

/// <summary>A message as a Microsoft Teams workflow takes it ('when a Teams webhook request is received'): an Adaptive Card in an attachment.</summary>
/// <remarks>
/// https://adaptivecards.io/explorer/ version 1.4, which all of Teams shows; a message has at most 28 KB. TextBlock and FactSet read a part of Markdown,
/// whose signs are escaped here.
/// </remarks>
internal static class TeamsMessage
{
    public const int MostBytes = 27_000;

    private const int LongestText = 1_000;

    public static string Of(Message message)
    {
        var body = new JsonArray
        {
            new JsonObject
            {
                ["type"] = "Container",
                ["style"] = StyleOf(message),
                ["bleed"] = true,
                ["items"] = new JsonArray(Text(message.Headline, ("weight", "Bolder"), ("size", "Medium"))),
            },
        };
        if (message.Why.Length > 0)
            body.Add(Text(message.Why));
        if (message.Notification.News is { } news)
            body.Add(Text($"{message.Texts["Message.News"]} {news}"));
        body.Add(new JsonObject
        {
            ["type"] = "FactSet",
            ["facts"] = new JsonArray([.. message.NamedFacts.Select(fact => new JsonObject { ["title"] = fact.Name, ["value"] = Escape(fact.Value) })]),
        });
        if (message.Related.Count > 0)
        {
            body.Add(Text(message.Texts["Message.Incident"], ("weight", "Bolder")));
            foreach (var related in message.Related)
                body.Add(Text(related.Text, ("spacing", "None")));
        }

        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
        };
        if (message.Link is { } link)
            card["actions"] = new JsonArray(new JsonObject { ["type"] = "Action.OpenUrl", ["title"] = message.Texts["Message.Open"], ["url"] = link.ToString() });

        return new JsonObject
        {
            ["type"] = "message",
            ["summary"] = message.Headline,
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["contentUrl"] = null,
                ["content"] = card,
            }),
        }.ToJsonString();
    }

    /// <summary>The nearest that a card has to a colour.</summary>
    private static string StyleOf(Message message) => (message.Status, message.Notification.Severity) switch
    {
        (MessageStatus.Resolved, _) => "good",
        (MessageStatus.Firing, Severity.Critical or Severity.High) => "attention",
        (MessageStatus.Firing, Severity.Medium) => "warning",
        (MessageStatus.Firing, _) => "accent",
        _ => "emphasis",
    };

    private static JsonObject Text(string text, params ReadOnlySpan<(string Name, string Value)> more)
    {
        var block = new JsonObject { ["type"] = "TextBlock", ["text"] = Escape(Message.Cut(text, LongestText)), ["wrap"] = true };
        foreach (var (name, value) in more)
            block[name] = value;
        return block;
    }

    private static string Escape(string text) => string.Concat(text.Select(c => c is '*' or '_' or '[' or ']' or '\\' or '`' or '~' ? $"\\{c}" : $"{c}"));
}
