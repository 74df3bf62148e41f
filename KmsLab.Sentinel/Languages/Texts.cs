using System.Globalization;
using System.Resources;

namespace KmsLab.Sentinel.Languages;

/// <summary>Texts of the page and of notifications, from the resource files beside this one.</summary>
/// <remarks>
/// <c>Texts.resx</c> has the English texts, <c>Texts.es.resx</c> the Spanish ones under the same keys. Detections say their English texts themselves;
/// <c>DetectionTexts.es.resx</c> has the Spanish ones of those that the product brings. What installations write, and what records say, stays as it is.
/// </remarks>
internal sealed class Texts(CultureInfo? culture = null)
{
    private static readonly ResourceManager Words = new(typeof(Texts).FullName!, typeof(Texts).Assembly);
    private static readonly ResourceManager Detections = new("KmsLab.Sentinel.Languages.DetectionTexts", typeof(Texts).Assembly);

    /// <summary>The texts in English, whoever asks.</summary>
    public static Texts English { get; } = In(Language.English);

    /// <summary>The texts in a language of <see cref="Language.All"/>.</summary>
    public static Texts In(string language) => new(Language.CultureOf(language));

    /// <summary>The name of the language, as HTML and HTTP have it.</summary>
    public string Name => Language.NameOf(Culture);

    /// <summary>A text. A key that there is not is a mistake of ours.</summary>
    public string this[string key] => Words.GetString(key, Culture) ?? throw new KeyNotFoundException($"There is no text {key}.");

    /// <summary>A text with its placeholders filled in.</summary>
    public string this[string key, params ReadOnlySpan<object?> values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>One or several: the text under <paramref name="key"/> with <c>.One</c> or <c>.Other</c> after it.</summary>
    /// <param name="key">The key without its end.</param>
    /// <param name="count">How many.</param>
    /// <param name="values">What the placeholders stand for.</param>
    public string Count(string key, long count, params ReadOnlySpan<object?> values) =>
        this[$"{key}.{(count == 1 ? "One" : "Other")}", values];

    /// <summary>A text of a detection: <c>Title</c>, <c>Why</c>, <c>About</c> or <c>Tuning</c>.</summary>
    /// <param name="detection">Its id.</param>
    /// <param name="part">Which text.</param>
    /// <param name="english">Its own text, where there is no translation.</param>
    public string OfDetection(string detection, string part, string english) =>
        Name == Language.English ? english : Detections.GetResourceSet(Culture, createIfNotExists: true, tryParents: false)?.GetString($"{detection}.{part}") ?? english;

    /// <summary>A detection's title.</summary>
    public string Title(string detection, string english) => OfDetection(detection, "Title", english);

    /// <summary>A span of time in words.</summary>
    public string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => this["Span.Days", Number(span.TotalDays)],
        { TotalHours: >= 2 } => this["Span.Hours", Number(span.TotalHours)],
        { TotalMinutes: >= 2 } => this["Span.Minutes", Number(span.TotalMinutes)],
        _ => this["Span.Seconds", Number(span.TotalSeconds)],
    };

    /// <summary>
    /// A whole number. In Spanish a thin space parts thousands, since a point and a comma both mean something else somewhere.
    /// </summary>
    public string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture).Replace(",", Name == Language.English ? "," : "\u202f", StringComparison.Ordinal);

    private static string Number(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);

    private CultureInfo Culture => culture ?? CultureInfo.CurrentUICulture;
}
