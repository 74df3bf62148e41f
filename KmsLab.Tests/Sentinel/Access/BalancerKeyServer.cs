using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace KmsLab.Tests.Sentinel.Access;

/// <summary>Where AWS keeps a load balancer's public keys, on real Kestrel; and the load balancer itself, which signs.</summary>
internal sealed class BalancerKeyServer : IAsyncDisposable
{
    public const string Arn = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/kmslab/50dc6c495c0c9188";
    public const string Issuer = "https://login.example";
    public const string ClientId = "sentinel";
    public const string KeyId = "3b0b8d52-5b0e-4d0c-9a2e-2f8a3f6c1b11";

    /// <summary>The same key, as if it were the next one.</summary>
    public const string SecondKeyId = "7d1e0c55-5b0e-4d0c-9a2e-2f8a3f6c1b12";

    /// <summary>Nobody's, which is said only after <see cref="LetGo"/>.</summary>
    public const string SlowKeyId = "slow";

    private readonly WebApplication _app;
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private BalancerKeyServer(WebApplication app) => _app = app;

    /// <summary>The ids that were asked for.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    public static async Task<BalancerKeyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new BalancerKeyServer(app);
        app.MapGet("/keys/{id}", server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public (string, string?)[] Settings(params (string, string?)[] more) =>
    [
        ("Sentinel:Access:LoadBalancer:Arn", Arn),
        ("Sentinel:Access:LoadBalancer:Issuer", Issuer),
        ("Sentinel:Access:LoadBalancer:ClientId", ClientId),
        ("Sentinel:Access:LoadBalancer:KeyUrl", $"{_app.Urls.First()}/keys"),
        .. more,
    ];

    /// <summary>What is in a token's header unless a test wants something else there.</summary>
    public static Dictionary<string, object?> Head(DateTimeOffset expires) => new()
    {
        ["typ"] = "JWT",
        ["kid"] = KeyId,
        ["alg"] = "ES256",
        ["iss"] = Issuer,
        ["client"] = ClientId,
        ["signer"] = Arn,
        ["exp"] = expires.ToUnixTimeSeconds(),
    };

    /// <summary>Signs as the load balancer does: base64url with padding, and the padding is signed.</summary>
    public string Sign(Dictionary<string, object?> head, Dictionary<string, object?> claims, DSASignatureFormat format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation)
    {
        var content = $"{Part(JsonSerializer.SerializeToUtf8Bytes(head))}.{Part(JsonSerializer.SerializeToUtf8Bytes(claims))}";
        return $"{content}.{Part(_key.SignData(Encoding.ASCII.GetBytes(content), HashAlgorithmName.SHA256, format))}";
    }

    public static string Part(byte[] bytes)
    {
        var text = Base64Url.EncodeToString(bytes);
        return text.PadRight((text.Length + 3) / 4 * 4, '=');
    }

    public async ValueTask DisposeAsync()
    {
        LetGo();
        await _app.DisposeAsync();
        _key.Dispose();
    }

    /// <summary>Answers what was slow.</summary>
    public void LetGo() => _letGo.TrySetResult();

    private async Task<IResult> AnswerAsync(string id)
    {
        Asked.Enqueue(id);
        if (id == SlowKeyId)
            await _letGo.Task;
        return id switch
        {
            KeyId or SecondKeyId => TypedResults.Text(_key.ExportSubjectPublicKeyInfoPem()),
            "html" => TypedResults.Text("<html></html>"),
            _ => TypedResults.NotFound(),
        };
    }
}
