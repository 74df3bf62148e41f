using System.Security.Claims;
using KmsLab.Sentinel.Access;
using KmsLab.ServiceDefaults.ApiKeys;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>A page that is open ends with its user's right to look.</summary>
public sealed class PageAccessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private static readonly (string, string?) Often = ("Sentinel:Access:RevalidateEvery", "00:00:00.020");

    private readonly string _key = ApiKey.Create();

    [Fact]
    public async Task Open_page_ends_when_its_key_is_removed()
    {
        await using var sentinel = await AccessHost.StartAsync([Often, .. AccessHost.Key("oncall", _key)]);
        using var page = Page.Open(sentinel, Caller.OfKey(_key, sentinel.Services.GetRequiredService<AccessSettings>().Keys)!);
        (await page.UserAsync()).Identity!.Name.ShouldBe("oncall");

        sentinel.Configure("Sentinel:Api:Keys:0:KeyHash", AccessHost.HashOf(ApiKey.Create()));

        await page.EndsAsync();
    }

    [Fact]
    public async Task Open_page_ends_when_its_session_is_signed_out_of()
    {
        await using var sentinel = await AccessHost.StartAsync([Often, .. AccessHost.Key("oncall", _key)]);
        var caller = Caller.WithSession(Caller.OfKey(_key, sentinel.Services.GetRequiredService<AccessSettings>().Keys)!);
        using var page = Page.Open(sentinel, caller);

        await sentinel.Services.GetRequiredService<EndedSessions>().EndAsync(caller.FindFirst(Caller.Session)!.Value, TimeSpan.FromHours(8), TestContext.Current.CancellationToken);

        await page.EndsAsync();
    }

    [Fact]
    public async Task Open_page_ends_when_it_was_open_for_too_long()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var sentinel = await AccessHost.StartAsync(null, time, [Often, .. AccessHost.Key("oncall", _key)]);
        using var page = Page.Open(sentinel, Caller.OfKey(_key, sentinel.Services.GetRequiredService<AccessSettings>().Keys)!);

        time.Advance(TimeSpan.FromHours(8) + TimeSpan.FromSeconds(1));

        await page.EndsAsync();
    }

    [Fact]
    public async Task Right_to_look_is_what_the_configuration_says()
    {
        await using var sentinel = await AccessHost.StartAsync(("Sentinel:Api:OpenOnLoopback", "true"));
        var standing = sentinel.Services.GetRequiredService<Standing>();

        standing.IsConfigured(new(Caller.OfLoopback())).ShouldBeTrue();
        standing.IsConfigured(new(Caller.OfLoadBalancer("alice@example.com"))).ShouldBeFalse();
        standing.IsConfigured(new(new ClaimsIdentity())).ShouldBeFalse();
        sentinel.Configure("Sentinel:Api:OpenOnLoopback", "false");
        standing.IsConfigured(new(Caller.OfLoopback())).ShouldBeFalse();
    }

    /// <summary>What a circuit has of its user.</summary>
    private sealed class Page : IDisposable
    {
        private readonly IServiceScope _scope;
        private readonly AuthenticationStateProvider _provider;
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private Page(IServiceScope scope)
        {
            _scope = scope;
            _provider = scope.ServiceProvider.GetRequiredService<AuthenticationStateProvider>();
        }

        public static Page Open(AccessHost sentinel, ClaimsIdentity caller)
        {
            var page = new Page(sentinel.Services.CreateScope());
            ((IHostEnvironmentAuthenticationStateProvider)page._provider).SetAuthenticationState(Task.FromResult(new AuthenticationState(new(caller))));
            page._provider.AuthenticationStateChanged += page.Changed;
            return page;
        }

        public async Task<ClaimsPrincipal> UserAsync() => (await _provider.GetAuthenticationStateAsync()).User;

        public async Task EndsAsync()
        {
            await _ended.Task.WaitAsync(Patience, TestContext.Current.CancellationToken);
            (await UserAsync()).Identity!.IsAuthenticated.ShouldBeFalse();
        }

        public void Dispose() => _scope.Dispose();

        private async void Changed(Task<AuthenticationState> state)
        {
            if ((await state).User.Identity is not { IsAuthenticated: true })
                _ended.TrySetResult();
        }
    }
}
