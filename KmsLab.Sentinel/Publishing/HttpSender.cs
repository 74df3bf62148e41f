using System.Globalization;
using System.Net;
using Polly.Timeout;

namespace KmsLab.Sentinel.Publishing;

/// <summary>Sends to addresses that may be secret beyond their host, and tells what the answer means.</summary>
internal sealed class HttpSender(IHttpClientFactory clients, TimeProvider time)
{
    public const string ClientName = "webhook";

    public async Task<SendOutcome> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var place = request.RequestUri!.GetLeftPart(UriPartial.Authority);
        request.Headers.UserAgent.Add(new("KmsLab-Sentinel", null));
        try
        {
            using var answer = await clients.CreateClient(ClientName).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return OutcomeOf(answer, place);
        }
        catch (TimeoutRejectedException late)
        {
            return SendOutcome.Failed($"{place} gave no answer within {late.Timeout.TotalSeconds:0.#} s.");
        }
        catch (HttpRequestException failed)
        {
            return SendOutcome.Failed($"{place} can't be reached: {failed.HttpRequestError}.");
        }
    }

    private SendOutcome OutcomeOf(HttpResponseMessage answer, string place)
    {
        var status = string.Create(CultureInfo.InvariantCulture, $"{place} answered {(int)answer.StatusCode} ({answer.StatusCode})");
        return (int)answer.StatusCode switch
        {
            >= 200 and < 300 => SendOutcome.Sent,
            (int)HttpStatusCode.RequestTimeout or (int)HttpStatusCode.TooManyRequests or >= 500 => SendOutcome.Failed($"{status}.", RetryAfter(answer)),
            >= 300 and < 400 => SendOutcome.Refused($"{status}; redirects are not followed, so set Url to where it leads."),
            _ => SendOutcome.Refused($"{status}."),
        };
    }

    private TimeSpan? RetryAfter(HttpResponseMessage answer) => answer.Headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date - time.GetUtcNow(),
        _ => null,
    };
}
