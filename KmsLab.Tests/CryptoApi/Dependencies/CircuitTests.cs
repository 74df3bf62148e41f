using System.Net;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.CryptoApi;
using KmsLab.CryptoApi.Dependencies;
using KmsLab.CryptoApi.Telemetry;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace KmsLab.Tests.CryptoApi.Dependencies;

/// <summary>When KMS is taken for down, and when it is asked again.</summary>
public sealed class CircuitTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _time = new();
    private readonly KmsCalls _calls;
    private int _made;

    public CircuitTests() => _calls = new KmsCalls(Options.Create(new CryptoApiOptions()), new CryptoMetrics(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), _time);

    public static TheoryData<Exception> Answers =>
    [
        new InvalidCiphertextException("refused") { ErrorCode = "InvalidCiphertextException", StatusCode = HttpStatusCode.BadRequest },
        new DisabledException("disabled") { ErrorCode = "DisabledException", StatusCode = HttpStatusCode.BadRequest },
        new AmazonServiceException("slow down") { ErrorCode = "ThrottlingException", StatusCode = HttpStatusCode.BadRequest },
    ];

    [Fact]
    public async Task A_kms_that_is_down_is_not_asked_until_the_break_is_over_and_then_once()
    {
        for (var i = 0; i < KmsCalls.MinimumCalls; i++)
            (await FailAsync(new HttpRequestException())).ShouldBeOfType<KmsUnreachableException>().RetryAfter.ShouldBeNull();

        var refused = (await FailAsync(new HttpRequestException())).ShouldBeOfType<KmsUnreachableException>();
        refused.RetryAfter.ShouldBe(KmsCalls.Break);
        _made.ShouldBe(KmsCalls.MinimumCalls);

        _time.Advance(KmsCalls.Break + TimeSpan.FromMilliseconds(1));
        await FailAsync(new HttpRequestException());
        await FailAsync(new HttpRequestException());
        _made.ShouldBe(KmsCalls.MinimumCalls + 1); // One that looked, and found it down.

        _time.Advance(KmsCalls.Break + TimeSpan.FromMilliseconds(1));
        (await SucceedAsync()).ShouldBe(42);
        (await SucceedAsync()).ShouldBe(42);
    }

    [Fact]
    public async Task One_call_fewer_proves_nothing()
    {
        for (var i = 0; i < KmsCalls.MinimumCalls - 1; i++)
            await FailAsync(new HttpRequestException());

        (await SucceedAsync()).ShouldBe(42);
    }

    [Theory]
    [MemberData(nameof(Answers), DisableDiscoveryEnumeration = true)]
    public async Task An_answer_is_no_outage_whatever_it_says(Exception answer)
    {
        for (var i = 0; i < 10 * KmsCalls.MinimumCalls; i++)
            (await FailAsync(answer)).ShouldBe(answer);

        (await SucceedAsync()).ShouldBe(42);
    }

    [Fact]
    public async Task A_call_without_an_answer_ends_after_the_timeout()
    {
        var call = _calls.CallAsync("Decrypt", async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return 0;
        }, TestContext.Current.CancellationToken);

        _time.Advance(new CryptoApiOptions().KmsTimeout);

        (await Should.ThrowAsync<KmsUnreachableException>(() => call)).InnerException.ShouldBeAssignableTo<OperationCanceledException>();
    }

    [Fact]
    public async Task A_caller_who_leaves_is_told_so()
    {
        using var leaving = new CancellationTokenSource();
        var call = _calls.CallAsync("Decrypt", async token =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _time, token);
            return 0;
        }, leaving.Token);

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => call);
    }

    public void Dispose() => _services.Dispose();

    private Task<Exception> FailAsync(Exception problem) => Should.ThrowAsync<Exception>(() => _calls.CallAsync<int>(
        "Decrypt",
        _ =>
        {
            _made++;
            throw problem;
        },
        TestContext.Current.CancellationToken));

    private Task<int> SucceedAsync() => _calls.CallAsync("Decrypt", _ => Task.FromResult(42), TestContext.Current.CancellationToken);
}
