using System.Text.Json.Nodes;
using KmsLab.CloudTrail.Attestation;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using KmsLab.Sentinel.Trail;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>Shows records to everything that Sentinel knows, in order, and asks one detection what it makes of each.</summary>
internal sealed class DetectionBench : IDisposable
{
    public const string Deployer = $"arn:aws:iam::{TestRecords.Account}:role/deployer";
    public const string Stranger = $"arn:aws:iam::{TestRecords.Account}:role/stranger";
    public const string Secret = $"arn:aws:secretsmanager:{TestRecords.Region}:{TestRecords.Account}:secret:kmslab/attestation-a1B2c3";
    public const string SecretKey = $"arn:aws:kms:{TestRecords.Region}:{TestRecords.Account}:key/aaaaaaaa-12ab-34cd-56ef-1234567890ab";
    public const string ExecutionRole = $"arn:aws:iam::{TestRecords.Account}:role/kmslab-execution";

    private readonly DetectionDefinition _definition;
    private readonly ServiceProvider _services;
    private readonly TurnMemory _memory;

    public DetectionBench(DetectionDefinition definition, Action<SentinelOptions>? configure = null)
    {
        (var privateKey, PublicKey) = AttestationKeys.Create();
        Signer = new("k1", privateKey, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(TestRecords.Noon));
        var options = new SentinelOptions { LogGroups = ["kmslab-trail"], Attestation = { PublicKeys = { ["k1"] = PublicKey } } };
        options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn], Roles = [TestRecords.RoleArn], Deployers = [Deployer] };
        configure?.Invoke(options);
        _definition = definition;
        _services = new EngineServices(options).Build();
        _memory = new(_services.CreateScope());
    }

    public string PublicKey { get; }

    public AttestationSigner Signer { get; }

    /// <summary>What the detection makes of the last of <paramref name="records"/>.</summary>
    public Selection? Select(params IReadOnlyList<JsonObject> records)
    {
        foreach (var record in records.SkipLast(1))
            Judge(record);
        return Judge(records[^1]);
    }

    public Selection? Judge(JsonObject record)
    {
        var observation = record.Observation();
        foreach (var part in _memory.Parts)
            part.Study(observation);
        return _definition.Select(observation);
    }

    public T Know<T>() where T : class, ITurnPart => _memory.Know<T>();

    public IReadOnlyList<Finding> Findings() => [.. _memory.Parts.SelectMany(part => part.Findings())];

    /// <summary>A bench whose proofs a bed's Sentinel knows, in which the key is protected.</summary>
    public static DetectionBench Guarded(SentinelBed bed)
    {
        var bench = new DetectionBench(UnattestedCall.Definition);
        bed.Options.Attestation.PublicKeys["k1"] = bench.PublicKey;
        bed.Options.ProtectedSets["vault"] = new() { Keys = [TestRecords.KeyArn] };
        return bench;
    }

    /// <summary>Another record of the same call at another time.</summary>
    public static JsonObject Copy(JsonObject record, DateTimeOffset at) => ((JsonObject)record.DeepClone()).With(r =>
    {
        r["eventID"] = Guid.NewGuid().ToString();
        r["eventTime"] = TestRecords.Time(at);
    });

    /// <summary>A Decrypt with the application's proof.</summary>
    public JsonObject Attested(DateTimeOffset? at = null, string? errorCode = null) => Signed(TestRecords.Decrypt(at, errorCode));

    public JsonObject Signed(JsonObject record) => record.With(r => r["userAgent"] = $"aws-sdk-dotnet-coreclr/4.0.1 {Signer.Sign(CallOf(record), "client")} m/b,P");

    /// <summary>A call of another service, by a role's session.</summary>
    public static JsonObject Call(string source, string name, JsonObject? parameters, string role = Stranger, string? errorCode = null, string? errorMessage = null) =>
        TestRecords.Decrypt(errorCode: errorCode, role: role).With(record =>
        {
            record["eventSource"] = $"{source}.amazonaws.com";
            record["eventName"] = name;
            record["readOnly"] = false;
            record["requestParameters"] = parameters;
            record["errorMessage"] = errorMessage;
            record.Remove("resources");
        });

    /// <summary>A call of KMS about a key.</summary>
    public static JsonObject Kms(string name, JsonObject? parameters = null, string key = TestRecords.KeyArn, string role = Stranger, string? errorCode = null) =>
        Call("kms", name, parameters, role, errorCode).With(record => record["resources"] = new JsonArray(new JsonObject { ["accountId"] = TestRecords.Account, ["type"] = "AWS::KMS::Key", ["ARN"] = key }));

    /// <summary>Everything in it but the eventID is taken away, one field at a time: whatever is missing, a detection must not fail.</summary>
    public static IEnumerable<JsonObject> WithoutEachField(JsonObject record)
    {
        foreach (var name in record.Select(member => member.Key).Where(name => name is not ("eventTime" or "eventSource" or "eventName")).ToList())
        {
            var copy = (JsonObject)record.DeepClone();
            copy.Remove(name);
            yield return copy;
        }
    }

    public void Dispose()
    {
        Signer.Dispose();
        _memory.Dispose();
        _services.Dispose();
    }

    private static AttestedCall CallOf(JsonObject record) => AttestedCall.Of(record.Observation().Record);
}
