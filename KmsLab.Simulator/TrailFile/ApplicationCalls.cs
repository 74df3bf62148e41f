using System.Buffers.Text;
using System.Security.Cryptography;
using KmsLab.CloudTrail.Attestation;
using KmsLab.CloudTrail.Records;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>The application as the trail shows it: two tasks, each call with a proof that really verifies.</summary>
/// <remarks>
/// The key pair is a function of the seed, so that it and the clients' tags are always the same for the same seed. It protects nothing: whoever has the
/// seed has the key.
/// </remarks>
internal sealed class ApplicationCalls : IDisposable
{
    /// <summary>The attestation key's id.</summary>
    public const string KeyId = "sim1";

    private const string Agent = "aws-sdk-dotnet-coreclr/4.1.0 ua/2.1 os/linux#6.1.141 md/ARCH#X64 lang/.NET_Core#10.0.0 md/aws-sdk-dotnet-core#4.1.0 api/Key_Management_Service#4.1.0 cfg/retry-mode#standard ";
    private const string AgentEnd = " m/b,P,e,N,E";

    private readonly RoleSession[] _tasks;
    private readonly AttestationSigner _signer;
    private readonly PlanClock _clock = new();
    private readonly Draws _draws;

    public ApplicationCalls(World world)
    {
        var privatePem = PrivatePemOf(world.Seed);
        PublicPem = AttestationKeys.PublicPemOf(privatePem);
        _signer = new(KeyId, privatePem, _clock);
        _tasks = [new(world.ApplicationRole, "task-2f7c", "10.0.11.23", Agent), new(world.ApplicationRole, "task-9a04", "10.0.12.41", Agent)];
        _draws = new(world.Seed, "nonces");
    }

    /// <summary>The public half, for Sentinel.</summary>
    public string PublicPem { get; }

    /// <summary>The task that serves the next request.</summary>
    public RoleSession NextTask() => _draws.Pick(_tasks);

    /// <summary>A client's tag in the proofs.</summary>
    public string TagOf(string client) => _signer.ClientTag(client);

    /// <summary>The User-Agent of a call, with its proof.</summary>
    public string Sign(string operation, IReadOnlyList<string> keys, EncryptionContext? context, string client, DateTimeOffset at)
    {
        _clock.Now = at;
        Span<byte> nonce = stackalloc byte[16];
        _draws.Fill(nonce);
        return $"{Agent}{_signer.Sign(new AttestedCall(operation, keys, context), client, Base64Url.EncodeToString(nonce))}{AgentEnd}";
    }

    public void Dispose() => _signer.Dispose();

    /// <summary>Any number below the group's order is a key, and a hash is not above it but once in four billion.</summary>
    private static string PrivatePemOf(int seed)
    {
        using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = Draws.Bytes(seed, "attestation key") });
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <summary>The plan's time.</summary>
    private sealed class PlanClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
