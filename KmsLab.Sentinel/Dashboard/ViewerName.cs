using Microsoft.JSInterop;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>The name that a viewer goes by where nobody has to sign in; their browser keeps it.</summary>
public sealed class ViewerName(IJSRuntime js)
{
    private const int Longest = 80;

    private string _kept = "";
    private string? _module;

    /// <summary>As the viewer wrote it; empty for none.</summary>
    public string Name { get; set; } = "";

    /// <summary>Takes what the browser kept, once for each page that is opened.</summary>
    /// <param name="name">The name; null for none.</param>
    /// <param name="module">The address of <c>js/viewer.js</c>.</param>
    public void Take(string? name, string module) => (Name, _kept, _module) = (Cleaned(name), Cleaned(name), module);

    /// <summary>Signs with the viewer's name beside <paramref name="caller"/>, by which they were let in; the browser keeps it for the next time.</summary>
    public async Task<string> SignAsync(string caller)
    {
        var name = Cleaned(Name);
        if (name != _kept && _module is not null)
        {
            await using var viewer = await js.InvokeAsync<IJSObjectReference>("import", _module);
            await viewer.InvokeVoidAsync("keepViewerName", name);
            _kept = name;
        }

        return name.Length > 0 ? $"{name} ({caller})" : caller;
    }

    private static string Cleaned(string? name) =>
        string.Concat((name ?? "").Where(letter => !char.IsControl(letter))).Trim() is var clean && clean.Length > Longest ? clean[..Longest] : clean;
}
