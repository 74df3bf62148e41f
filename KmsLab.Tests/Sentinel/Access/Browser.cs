using System.Net;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>Keeps cookies, follows no redirect by itself, and fills in forms.</summary>
internal sealed partial class Browser(Uri address) : IDisposable
{
    private readonly SocketsHttpHandler _handler = new() { AllowAutoRedirect = false, UseProxy = false };
    private HttpClient? _http;

    public CookieContainer Cookies => _handler.CookieContainer;

    /// <summary>The session's cookie, as the browser sends it.</summary>
    public string Session => Cookies.GetCookies(address)["kmslab"]?.Value ?? "";

    private HttpClient Http => _http ??= new(_handler) { BaseAddress = address };

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(new(HttpMethod.Get, path), headers);

    public Task<Answer> PostAsync(string path, Dictionary<string, string> form, params (string Name, string Value)[] headers) =>
        SendAsync(new(HttpMethod.Post, path) { Content = new FormUrlEncodedContent(form) }, headers);

    public async Task<Answer> SendAsync(HttpRequestMessage request, params (string Name, string Value)[] headers)
    {
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using (request)
        using (var answer = await Http.SendAsync(request, TestContext.Current.CancellationToken))
        {
            var all = answer.Headers.Concat(answer.Content.Headers).ToDictionary(header => header.Key, header => string.Join('\n', header.Value), StringComparer.OrdinalIgnoreCase);
            return new(answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), all);
        }
    }

    /// <summary>Opens the form of a page and sends it.</summary>
    public async Task<Answer> SubmitAsync(string page, params (string Name, string Value)[] fields)
    {
        var form = (await GetAsync(page)).Hidden;
        foreach (var (name, value) in fields)
            form[name] = value;
        return await PostAsync(page.Split('?')[0], form);
    }

    public Task<Answer> SignInAsync(string key, string page = "/login") => SubmitAsync(page, ("key", key));

    /// <summary>What Sentinel calls whoever uses this browser; null if it lets nobody in.</summary>
    public async Task<string?> WhoAmIAsync(params (string Name, string Value)[] headers)
    {
        var answer = await GetAsync(AccessHost.WhoAmI, headers);
        return answer.Status == HttpStatusCode.OK ? answer.Body : null;
    }

    public void Dispose()
    {
        _http?.Dispose();
        _handler.Dispose();
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]*)" ?/?>""")]
    internal static partial Regex HiddenField();
}

internal sealed record Answer(HttpStatusCode Status, string Body, Dictionary<string, string> Headers)
{
    public Dictionary<string, string> Hidden => Browser.HiddenField().Matches(Body).ToDictionary(input => input.Groups[1].Value, input => WebUtility.HtmlDecode(input.Groups[2].Value));

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}
