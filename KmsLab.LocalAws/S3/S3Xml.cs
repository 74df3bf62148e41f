using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

#pragma warning disable CA5351 // MD5 is what S3 answers with; it guards against accidents, not against people.
/// <summary>Reads the XML of requests.</summary>
internal static class S3Xml
{
    private const int MaxBody = 2 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxBody };

    /// <summary>Reads a request's body, in S3's namespace whatever it came in.</summary>
    /// <param name="call">The call.</param>
    /// <param name="root">The name of the root.</param>
    /// <exception cref="AwsException">MalformedXML, or BadDigest.</exception>
    public static async Task<XElement> ReadAsync(S3Call call, string root)
    {
        // The checksum beside the parts of an upload is that of the whole object.
        using var body = await ReadBodyAsync(call, root != "CompleteMultipartUpload");
        try
        {
            using var stream = new MemoryStream(body.Memory.ToArray());
            using var reader = XmlReader.Create(stream, Settings);
            var element = XElement.Load(reader);
            if (element.Name.LocalName != root)
                throw S3Error.MalformedXml();
            var inNamespace = InNamespace(element, 0);
            call.Document = inNamespace;
            return inNamespace;
        }
        catch (Exception error) when (error is XmlException or DecoderFallbackException or ArgumentException)
        {
            throw S3Error.MalformedXml();
        }
    }

    /// <summary>Reads a request's body as text.</summary>
    public static async Task<string> ReadTextAsync(S3Call call)
    {
        using var body = await ReadBodyAsync(call, hasChecksum: true);
        return Encoding.UTF8.GetString(body.Span);
    }

    public static string? Text(XElement parent, string name) => parent.Element(S3Answer.Namespace + name)?.Value;

    /// <summary>The tags of a <c>Tagging</c>.</summary>
    public static Dictionary<string, string> Tags(XElement tagging, int max)
    {
        Dictionary<string, string> tags = [];
        foreach (var tag in tagging.Element(S3Answer.Namespace + "TagSet")?.Elements(S3Answer.Namespace + "Tag") ?? throw S3Error.MalformedXml())
        {
            var (key, value) = (Text(tag, "Key") ?? throw S3Error.MalformedXml(), Text(tag, "Value") ?? throw S3Error.MalformedXml());
            if (key.Length is 0 or > 128 || value.Length > 256)
                throw new AwsException("InvalidTag", key.Length > 256 ? "The TagValue you have provided is invalid" : "The TagKey you have provided is invalid");
            if (!tags.TryAdd(key, value))
                throw new AwsException("InvalidTag", "Cannot provide multiple Tags with the same key");
        }

        return tags.Count <= max ? tags : throw new AwsException("BadRequest", $"Object tags cannot be greater than {max}");
    }

    private static async Task<RequestBody> ReadBodyAsync(S3Call call, bool hasChecksum)
    {
        var request = call.Request.Http.Request;
        if (ChunkedBody.IsOne(request))
            request.Body = new ChunkedBody(request.Body);
        RequestBody body;
        try
        {
            body = await RequestBody.ReadAsync(request, MaxBody, request.HttpContext.RequestAborted);
        }
        catch (AwsException)
        {
            throw new AwsException("MaxMessageLengthExceeded", "Your request was too big.");
        }

        ObjectStore.CheckMd5(call.Header("Content-MD5"), MD5.HashData(body.Span));
        if (hasChecksum && Checksum.Asked(call) is ({ } algorithm, { } value))
        {
            using var checksum = new Checksum(algorithm);
            checksum.Append(body.Span);
            if (checksum.Finish() != value)
                throw S3Error.BadDigest(algorithm);
        }

        return body;
    }

    private static XElement InNamespace(XElement element, int depth)
    {
        if (depth > 16)
            throw S3Error.MalformedXml();
        var copy = new XElement(S3Answer.Namespace + element.Name.LocalName, element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration));
        if (element.HasElements)
            copy.Add(element.Elements().Select(child => InNamespace(child, depth + 1)));
        else
            copy.Value = element.Value;
        return copy;
    }
}
