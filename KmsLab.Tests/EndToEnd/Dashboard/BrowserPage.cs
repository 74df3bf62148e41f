using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;

namespace KmsLab.Tests.EndToEnd.Dashboard;

/// <summary>A page in the browser that remembers what went wrong on it: console errors, failed requests, requests to anybody else.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    /// <summary>Of axe's rules, the one of contrast.</summary>
    public static readonly AxeRunOptions ContrastOnly = new() { RunOnly = new() { Type = "rule", Values = ["color-contrast"] } };

    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _troubles = new();

    public BrowserPage(IBrowserContext context, IPage page, Uri address)
    {
        (_context, Page, _address) = (context, page, address);
        page.SetDefaultTimeout(30_000);
        page.Console += (_, message) => Note(message.Type is "error" or "warning", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"script: {error}");
        page.Request += (_, request) => Note(!IsOwn(request.Url), $"request to {request.Url}");
        page.Response += (_, response) => Note(response.Status >= 400, $"{response.Status} for {response.Url}");
        page.WebSocket += (_, socket) => Note(!IsOwn(socket.Url), $"socket to {socket.Url}");
    }

    public IPage Page { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles;

    /// <summary>Goes to a path, and waits until it is drawn.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(new Uri(_address, path).ToString());
        await Page.Locator("main h1").WaitForAsync(new() { State = WaitForSelectorState.Attached });
    }

    /// <summary>Waits for a text anywhere on the page.</summary>
    public Task SeeAsync(string text) => Page.GetByText(text).First.WaitForAsync();

    /// <summary>Texts whose contrast is below WCAG's AA, as axe measures it.</summary>
    public async Task<string[]> FaintTextsAsync() =>
        [.. (await Page.RunAxe(ContrastOnly)).Violations.SelectMany(violation => violation.Nodes).Select(node => node.Html)];

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Note(bool isTrouble, string what)
    {
        if (isTrouble)
            _troubles.Enqueue(what);
    }

    private bool IsOwn(string url) => url.StartsWith("data:", StringComparison.Ordinal) || (Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Authority == _address.Authority);
}
