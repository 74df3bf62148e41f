using System.Net.Http.Headers;
using System.Xml;
using System.Xml.Linq;
using KmsLab.LocalAws.Settings;
using Microsoft.Extensions.Options;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Takes the account from the upstream, whose STS tells it, so that records and trails are of the same account as the keys there.</summary>
/// <remarks>
/// Asked once, at start, since everything is kept by account. An upstream that doesn't answer leaves the configured one. Principals of the configured
/// account, such as the lab's roles, move with it.
/// </remarks>
internal sealed partial class UpstreamAccount(ILogger<UpstreamAccount> logger) : IPostConfigureOptions<LocalAwsOptions>
{
    private const int Tries = 5;
    private const string Credential = "AKIALOCALAWSTRAIL000/20260101/us-east-1/sts/aws4_request";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public void PostConfigure(string? name, LocalAwsOptions options)
    {
        if (!Uri.TryCreate(options.Upstream, UriKind.Absolute, out var upstream) || Ask(upstream) is not { } account || account == options.AccountId)
            return;

        Log.Found(logger, account, options.AccountId);
        var own = $"::{options.AccountId}:";
        foreach (var principal in options.Principals)
            principal.Arn = principal.Arn.Replace(own, $"::{account}:", StringComparison.Ordinal);
        foreach (var denial in options.Denials)
            denial.Principal = denial.Principal.Replace(own, $"::{account}:", StringComparison.Ordinal);
        options.AccountId = account;
    }

    private string? Ask(Uri upstream)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = Patience };
        using var pause = new ManualResetEventSlim();
        for (var tried = 1; ; tried++)
        {
            try
            {
                return Ask(http, upstream);
            }
            catch (Exception error) when (error is HttpRequestException or OperationCanceledException or XmlException)
            {
                if (tried == Tries)
                {
                    Log.Silent(logger, upstream, error.Message);
                    return null;
                }
            }

            pause.Wait(Pause); // Options are made before anything runs that could await.
        }
    }

    private static string? Ask(HttpClient http, Uri upstream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, upstream);
        request.Content = new StringContent("Action=GetCallerIdentity&Version=2011-06-15", new MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={Credential}, SignedHeaders=host, Signature=00");
        using var response = http.Send(request);
        response.EnsureSuccessStatusCode();
        using var body = response.Content.ReadAsStream();
        var account = XDocument.Load(body).Descendants().FirstOrDefault(element => element.Name.LocalName == "Account")?.Value;
        return account is { Length: 12 } && account.All(char.IsAsciiDigit) ? account : null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "The upstream's account is {Account}; it takes the place of LocalAws:AccountId {Configured}.")]
        public static partial void Found(ILogger logger, string account, string configured);

        [LoggerMessage(LogLevel.Warning, "The upstream {Upstream} does not tell its account ({Problem}); LocalAws:AccountId stays. Start it first, then LocalAws.")]
        public static partial void Silent(ILogger logger, Uri upstream, string problem);
    }
}
