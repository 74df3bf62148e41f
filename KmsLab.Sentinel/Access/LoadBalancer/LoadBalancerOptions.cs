namespace KmsLab.Sentinel.Access.LoadBalancer;

/// <summary>
/// The section <c>Sentinel:Access:LoadBalancer</c>: an Application Load Balancer whose listener rule signs people in and says so in a header.
/// </summary>
internal sealed class LoadBalancerOptions
{
    public const string Section = $"{AccessOptions.Section}:LoadBalancer";

    private const string Email = "email";

    private const string Subject = "sub";

    /// <summary>Its ARN, which the header must name as its signer. Without one no such header is believed.</summary>
    public string Arn { get; set; } = "";

    /// <summary>
    /// The identity provider. Needed: a load balancer may have rules for other applications, with other providers, and signs for them all with the same
    /// name; and a rule that signs nobody in passes on whatever header the client made up or caught elsewhere.
    /// </summary>
    public string Issuer { get; set; } = "";

    /// <summary>Sentinel's client id at the provider. Needed for the same reason: other applications have others.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The Region that the keys come from; the ARN's unless set.</summary>
    public string Region { get; set; } = "";

    /// <summary>Where the public keys are, without the key's id: set it for partitions other than <c>aws</c> and <c>aws-us-gov</c>, and in tests.</summary>
    public string KeyUrl { get; set; } = "";

    /// <summary>What people are called by: <c>email</c> or <c>sub</c>.</summary>
    public string NameClaim { get; set; } = Email;

    /// <summary>Who may look; everybody whom the provider lets in, unless set.</summary>
    public string[] AllowedUsers { get; set; } = [];

    public bool IsConfigured => Arn.Length > 0;

    public bool NamesByEmail => NameClaim == Email;

    /// <summary><see cref="KeyUrl"/>, or what AWS documents for the Region, ending in a slash.</summary>
    /// <remarks>https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html#user-claims-encoding</remarks>
    public Uri EffectiveKeyUrl => new((KeyUrl, EffectiveRegion) switch
    {
        ({ Length: > 0 } url, _) => url.TrimEnd('/') + '/',
        (_, var region) when region.StartsWith("us-gov-", StringComparison.Ordinal) => $"https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}/",
        (_, var region) => $"https://public-keys.auth.elb.{region}.amazonaws.com/",
    });

    private string EffectiveRegion => Region.Length > 0 ? Region : Arn.Split(':') is [_, _, _, var region, ..] ? region : "";

    /// <summary>Whether somebody whom the provider knows may look.</summary>
    public bool Allows(string user) => AllowedUsers.All(string.IsNullOrWhiteSpace) || AllowedUsers.Contains(user, StringComparer.OrdinalIgnoreCase);

    public IEnumerable<string> Validate()
    {
        if (!IsConfigured)
        {
            if (Issuer.Length > 0 || ClientId.Length > 0)
                yield return $"{Section}:Arn is missing: set it to the load balancer's ARN";
            yield break;
        }

        if (Arn.Split(':') is not ["arn", _, "elasticloadbalancing", { Length: > 0 }, { Length: > 0 }, var resource] || !resource.StartsWith("loadbalancer/app/", StringComparison.Ordinal))
            yield return $"{Section}:Arn must be an Application Load Balancer's, such as arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/kmslab/50dc6c495c0c9188";
        if (Issuer.Length == 0)
            yield return $"{Section}:Issuer is missing: set it to the identity provider's issuer, as in the listener rule";
        if (ClientId.Length == 0)
            yield return $"{Section}:ClientId is missing: set it to the client id of the listener rule";
        if (NameClaim is not (Email or Subject))
            yield return $"{Section}:NameClaim must be {Email} or {Subject}";
        if (Region.Length > 0 && !Region.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            yield return $"{Section}:Region must be a Region such as eu-west-1";
        if (KeyUrl.Length > 0 && !(Uri.TryCreate(KeyUrl, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
            yield return $"{Section}:KeyUrl must be an https address";
    }
}
