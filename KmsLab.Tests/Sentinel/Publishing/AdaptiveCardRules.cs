using System.Text;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>
/// The part of Adaptive Cards 1.4 that is used, with its members and values as https://adaptivecards.io/schemas/1.4.0/adaptive-card.json has them, and the
/// envelope and size of Teams.
/// </summary>
internal static class AdaptiveCardRules
{
    private static readonly Dictionary<string, string[]> Members = new()
    {
        ["AdaptiveCard"] = ["type", "$schema", "version", "body", "actions", "msteams"],
        ["Container"] = ["type", "style", "bleed", "items"],
        ["TextBlock"] = ["type", "text", "wrap", "weight", "size", "spacing"],
        ["FactSet"] = ["type", "facts"],
        ["Action.OpenUrl"] = ["type", "title", "url"],
    };

    private static readonly Dictionary<string, string[]> Values = new()
    {
        ["style"] = ["default", "emphasis", "good", "attention", "warning", "accent"],
        ["weight"] = ["lighter", "default", "bolder"],
        ["size"] = ["default", "small", "medium", "large", "extralarge"],
        ["spacing"] = ["default", "none", "small", "medium", "large", "extralarge", "padding"],
    };

    /// <summary>Checks a message, and gives its card.</summary>
    public static JsonNode Check(string body)
    {
        Encoding.UTF8.GetByteCount(body).ShouldBeLessThan(28 * 1024);
        var message = JsonNode.Parse(body)!;
        message["type"]!.GetValue<string>().ShouldBe("message");
        var attachment = message["attachments"]!.AsArray().ShouldHaveSingleItem()!;
        attachment["contentType"]!.GetValue<string>().ShouldBe("application/vnd.microsoft.card.adaptive");
        var card = attachment["content"]!;
        card["version"]!.GetValue<string>().ShouldBe("1.4");
        Element(card);
        return card;
    }

    private static void Element(JsonNode element)
    {
        var type = element["type"]!.GetValue<string>();
        Members.ShouldContainKey(type);
        foreach (var (name, value) in element.AsObject())
        {
            Members[type].ShouldContain(name, type);
            if (Values.TryGetValue(name, out var allowed))
                allowed.ShouldContain(value!.GetValue<string>().ToLowerInvariant(), $"{type}.{name}");
        }

        foreach (var child in new[] { "body", "items", "actions" }.SelectMany(name => element[name]?.AsArray() ?? []))
            Element(child!);
        foreach (var fact in element["facts"]?.AsArray() ?? [])
            fact!.AsObject().Select(member => (member.Key, member.Value!.GetValueKind())).ShouldBe([("title", System.Text.Json.JsonValueKind.String), ("value", System.Text.Json.JsonValueKind.String)]);
        if (type == "TextBlock")
            element["text"]!.GetValue<string>().ShouldNotBeEmpty();
        if (type == "Action.OpenUrl")
            new Uri(element["url"]!.GetValue<string>()).Scheme.ShouldBe("https");
    }
}
