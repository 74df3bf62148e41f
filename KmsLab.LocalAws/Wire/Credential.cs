namespace KmsLab.LocalAws.Wire;

/// <summary>The credential scope of a signed request: who signs, for which Region and service.</summary>
/// <remarks>https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html</remarks>
internal readonly record struct Credential(string AccessKeyId, string Region, string Service)
{
    private const string Marker = "Credential=";

    /// <summary>Reads it from the <c>Authorization</c> header, or from the query string of a presigned request.</summary>
    public static bool TryRead(HttpRequest request, out Credential credential)
    {
        credential = default;
        var header = request.Headers.Authorization.ToString();
        if (header.Length > 0)
        {
            var start = header.IndexOf(Marker, StringComparison.Ordinal);
            return header.StartsWith("AWS4-", StringComparison.Ordinal) && start >= 0 && TryParse(header.AsSpan(start + Marker.Length), out credential);
        }

        return request.QueryString.HasValue
            && request.Query.TryGetValue("X-Amz-Credential", out var presigned)
            && TryParse(presigned.ToString(), out credential);
    }

    // AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request, up to a comma or blank.
    private static bool TryParse(ReadOnlySpan<char> text, out Credential credential)
    {
        credential = default;
        var end = text.IndexOfAny(',', ' ');
        if (end >= 0)
            text = text[..end];

        Span<Range> parts = stackalloc Range[6];
        if (text.Split(parts, '/') != 5 || !text[parts[4]].SequenceEqual("aws4_request"))
            return false;

        var keyId = text[parts[0]];
        var region = text[parts[2]];
        var service = text[parts[3]];
        if (!IsName(keyId, 128) || !IsName(region, 32) || !IsName(service, 64))
            return false;

        credential = new(Intern(keyId), Intern(region), Intern(service));
        return true;
    }

    private static bool IsName(ReadOnlySpan<char> text, int longest)
    {
        if (text.IsEmpty || text.Length > longest)
            return false;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_' and not '.')
                return false;
        }

        return true;
    }

    // The same few names come with every request.
    private static string Intern(ReadOnlySpan<char> name) => NameCache.Get(name);
}
