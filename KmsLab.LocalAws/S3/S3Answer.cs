using System.Globalization;
using System.Xml.Linq;

namespace KmsLab.LocalAws.S3;

/// <summary>What a call to S3 is answered with: headers, and XML, text or an object's content.</summary>
internal sealed class S3Answer(int status = StatusCodes.Status200OK)
{
    public static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public int Status { get; set; } = status;

    public List<(string Name, string Value)> Headers { get; } = [];

    public XElement? Xml { get; init; }

    public string? Text { get; init; }

    /// <summary>What is sent of an object.</summary>
    public ObjectContent? Content { get; set; }

    public static S3Answer NoContent() => new(StatusCodes.Status204NoContent);

    /// <summary>XML of a name and its children, in S3's namespace.</summary>
    public static S3Answer Of(string name, params IEnumerable<object?> content) => new() { Xml = Element(name, content) };

    public static XElement Element(string name, params IEnumerable<object?> content) => new(Namespace + name, content.Where(part => part is not null));

    public static XElement Value(string name, object value) => new(Namespace + name, Convert.ToString(value, CultureInfo.InvariantCulture));

    /// <summary>An instant as S3's XML writes it.</summary>
    public static string Instant(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public S3Answer With(string header, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            Headers.Add((header, value));
        return this;
    }
}

/// <summary>A part of an object's content.</summary>
/// <param name="Segments">The files that the object is made of.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How many bytes.</param>
internal sealed record ObjectContent(IReadOnlyList<Segment> Segments, long Offset, long Length);

/// <summary>A file of an object's content: the whole of it, or one of its parts.</summary>
internal readonly record struct Segment(string File, long Size);
