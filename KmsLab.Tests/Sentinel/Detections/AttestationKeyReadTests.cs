using System.Text.Json.Nodes;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Host;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>attestation-key-read, on records shaped as Secrets Manager, SSM and KMS write them.</summary>
public sealed class AttestationKeyReadTests
{
    private const string Parameter = $"arn:aws:ssm:{TestRecords.Region}:{TestRecords.Account}:parameter/kmslab/attestation";

    [Theory]
    [InlineData(Secret, true)]
    [InlineData("arn:aws:secretsmanager:us-east-1:000000000000:secret:kmslab/attestation", true)]
    [InlineData("kmslab/attestation", true)]
    [InlineData("kmslab/attestation-a1B2c3", true)]
    [InlineData("kmslab/attestation2", false)]
    [InlineData("attestation", false)]
    public void Read_of_the_secret_counts_by_any_of_its_names(string named, bool fires)
    {
        using var bench = Bench();
        var read = Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = named });

        (bench.Select(read) is not null).ShouldBe(fires);
        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = named }, ExecutionRole)).ShouldBeNull();
        bench.Select(Call("secretsmanager", "DescribeSecret", new() { ["secretId"] = named })).ShouldBeNull();
    }

    [Fact]
    public void Replica_of_the_secret_is_the_secret()
    {
        using var bench = Bench();
        var replica = Secret.Replace(TestRecords.Region, "eu-west-1", StringComparison.Ordinal);

        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = replica })).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", null, errorCode: "AccessDeniedException", errorMessage: $"not authorized to perform: secretsmanager:GetSecretValue on resource: {replica} because"))
            .ShouldNotBeNull();
        bench.Select(Kms("Decrypt", new() { ["encryptionContext"] = new JsonObject { ["SecretARN"] = replica } }, TestRecords.OtherKeyArn)).ShouldNotBeNull("under whatever key the replica is");
        bench.Select(Call("secretsmanager", "StopReplicationToReplica", new() { ["secretId"] = replica })).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = replica.Replace(TestRecords.Account, "111122223333", StringComparison.Ordinal) })).ShouldBeNull("another account's");
    }

    [Fact]
    public void Batch_that_filters_by_a_name_that_begins_so_counts()
    {
        using var bench = Bench();
        static JsonObject Batch(string key, string value) =>
            Call("secretsmanager", "BatchGetSecretValue", new() { ["filters"] = new JsonArray(new JsonObject { ["key"] = key, ["values"] = new JsonArray(value) }) });

        bench.Select(Batch("name", "kmslab/")).ShouldNotBeNull();
        bench.Select(Batch("name", "other/")).ShouldBeNull();
        bench.Select(Batch("name", "!kmslab/")).ShouldNotBeNull("all but those that begin so");
        bench.Select(Batch("tag-key", "team")).ShouldNotBeNull("it says nothing of the name, so the secret may be among them");
        bench.Select(Batch("all", "x")).ShouldNotBeNull();
    }

    [Theory]
    [InlineData("10.0.3.4", false)]
    [InlineData("203.0.113.9", true)]
    [InlineData("secretsmanager.amazonaws.com", false)]
    public void Reader_counts_from_outside_the_sets_addresses(string address, bool fires)
    {
        using var bench = Bench(options => options.ProtectedSets["vault"].Addresses = ["10.0.0.0/16"]);
        var read = Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = Secret }, ExecutionRole).With(record => record["sourceIPAddress"] = address);

        (bench.Select(read)?.Detail).ShouldBe(fires ? $"GetSecretValue on {Secret}, from outside its addresses: {address}" : null);
    }

    [Fact]
    public void Task_definition_that_takes_the_secret_in_counts()
    {
        using var bench = Bench();
        static JsonObject Register(string valueFrom, string by = Stranger) => Call("ecs", "RegisterTaskDefinition", new()
        {
            ["family"] = "evil",
            ["containerDefinitions"] = new JsonArray(new JsonObject { ["secrets"] = new JsonArray(new JsonObject { ["name"] = "KEY", ["valueFrom"] = valueFrom }) }),
        }, by);

        bench.Select(Register(Secret)).ShouldNotBeNull();
        bench.Select(Register($"{Secret}:pem:AWSCURRENT:")).ShouldNotBeNull("one member of its JSON");
        bench.Select(Register("kmslab/attestation")).ShouldNotBeNull();
        bench.Select(Register($"{Secret[..^6]}zzzzzz")).ShouldBeNull();
        bench.Select(Register(Secret, Deployer)).ShouldBeNull();
    }

    [Theory]
    [InlineData("kmslab/attestation", true)]
    [InlineData("kmslab/other", false)]
    [InlineData("*", false)]
    public void Refusal_that_names_the_secret_as_the_caller_did_counts(string named, bool counts)
    {
        using var bench = new DetectionBench(AttestationKeyRead.Definition, options => options.ProtectedSets["vault"].AttestationSecrets = [DetectionBench.Secret]);
        var refused = DetectionBench.Call(
            "secretsmanager", "GetSecretValue", null, errorCode: "AccessDenied",
            errorMessage: $"User: x is not authorized to perform: secretsmanager:GetSecretValue on resource: {named} because no identity-based policy allows it");

        (bench.Select(refused) is not null).ShouldBe(counts);
    }

    [Fact]
    public void Policy_of_the_secret_that_is_put_again_unchanged_is_quiet()
    {
        using var bench = Bench();
        static JsonObject Policy(string policy) => Call("secretsmanager", "PutResourcePolicy", new() { ["secretId"] = Secret, ["resourcePolicy"] = policy });

        bench.Select(Policy("""{"Statement":[{"Effect":"Deny","Action":["b","a"]}]}""")).ShouldNotBeNull("nobody knows what it was");
        bench.Select(Policy("""{ "Statement": [ { "Action": ["a", "b"], "Effect": "Deny" } ] }""")).ShouldBeNull();
        bench.Select(Policy("""{"Statement":[{"Effect":"Allow","Action":["a","b"]}]}""")).ShouldNotBeNull();
        bench.Select(Policy("""{"Statement":[{"Effect":"Deny","Action":["b","a"]}]}""")).ShouldNotBeNull("it was another one in between");
    }

    [Fact]
    public void Deployer_may_change_it_but_not_read_it()
    {
        using var bench = Bench();

        bench.Select(Call("secretsmanager", "PutSecretValue", new() { ["secretId"] = Secret }, Deployer)).ShouldBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = Secret }, Deployer)).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "PutSecretValue", new() { ["secretId"] = Secret }, ExecutionRole)).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "PutResourcePolicy", new() { ["secretId"] = Secret, ["resourcePolicy"] = "{}" })).ShouldNotBeNull()
            .Group.Values.ShouldBe([new("set", "vault"), new("secret", Secret), new("principal", Stranger)]);
    }

    [Fact]
    public void Refused_read_counts_and_a_failed_one_does_not()
    {
        using var bench = Bench();

        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = Secret }, errorCode: "AccessDenied")).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", null, errorCode: "AccessDenied", errorMessage: $"... on resource: {Secret} because no identity-based policy allows it")).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", null, errorCode: "AccessDenied")).ShouldBeNull();
        bench.Select(Call("secretsmanager", "GetSecretValue", new() { ["secretId"] = Secret }, errorCode: "ResourceNotFoundException")).ShouldBeNull();
    }

    [Fact]
    public void List_of_secrets_counts_when_it_is_among_them()
    {
        using var bench = Bench();
        bench.Select(Call("secretsmanager", "BatchGetSecretValue", new() { ["secretIdList"] = new JsonArray("other", "kmslab/attestation") })).ShouldNotBeNull();
        bench.Select(Call("secretsmanager", "BatchGetSecretValue", new() { ["secretIdList"] = new JsonArray("other") })).ShouldBeNull();
    }

    [Theory]
    [InlineData("GetParameter", "name", "/kmslab/attestation", true)]
    [InlineData("GetParameter", "name", "/kmslab/attestation:3", true)]
    [InlineData("GetParameter", "name", Parameter, true)]
    [InlineData("GetParameter", "name", "/kmslab/attestation2", false)]
    [InlineData("GetParameterHistory", "name", "/kmslab/attestation", true)]
    [InlineData("GetParametersByPath", "path", "/kmslab", true)]
    [InlineData("GetParametersByPath", "path", "/kmslab/", true)]
    [InlineData("GetParametersByPath", "path", "/kms", false)]
    [InlineData("GetParametersByPath", "path", "/", true)]
    [InlineData("PutParameter", "name", "/kmslab/attestation", true)]
    [InlineData("DescribeParameters", "name", "/kmslab/attestation", false)]
    public void Parameter_counts_by_name_and_by_path(string operation, string member, string value, bool fires)
    {
        using var bench = Bench();
        (bench.Select(Call("ssm", operation, new() { [member] = value })) is not null).ShouldBe(fires);
    }

    [Fact]
    public void Parameters_in_a_list_count()
    {
        using var bench = Bench();
        bench.Select(Call("ssm", "GetParameters", new() { ["names"] = new JsonArray("x", "/kmslab/attestation"), ["withDecryption"] = true })).ShouldNotBeNull()
            .Group.Values.ShouldContain(new KeyValuePair<string, string>("parameter", "/kmslab/attestation"));
    }

    [Fact]
    public void Decryption_of_the_secret_by_KMS_counts_by_its_context()
    {
        using var bench = Bench();
        JsonObject Decrypt(string context, string by = Stranger) => Kms("Decrypt", new() { ["encryptionContext"] = new JsonObject { ["SecretARN"] = context } }, SecretKey, by)
            .With(r => r["userIdentity"]!["invokedBy"] = "secretsmanager.amazonaws.com");

        bench.Select(Decrypt(Secret)).ShouldNotBeNull();
        bench.Select(Decrypt(Secret, ExecutionRole)).ShouldBeNull();
        bench.Select(Decrypt("arn:aws:secretsmanager:us-east-1:000000000000:secret:other-123456")).ShouldBeNull("the key encrypts other secrets, too");
        bench.Select(Kms("Decrypt", null, SecretKey)).ShouldNotBeNull("a direct call that does not say what for");
    }

    [Theory]
    [InlineData("PutKeyPolicy", true)]
    [InlineData("CreateGrant", true)]
    [InlineData("ScheduleKeyDeletion", true)]
    [InlineData("DescribeKey", false)]
    [InlineData("Encrypt", false)]
    public void Change_of_the_secrets_KMS_key_counts(string operation, bool fires)
    {
        using var bench = Bench();
        (bench.Select(Kms(operation, key: SecretKey)) is not null).ShouldBe(fires);
        bench.Select(Kms(operation, key: SecretKey, role: Deployer)).ShouldBeNull();
        bench.Select(Kms(operation, key: TestRecords.OtherKeyArn)).ShouldBeNull();
    }

    private static DetectionBench Bench(Action<SentinelOptions>? more = null) => new(AttestationKeyRead.Definition, options =>
    {
        options.ProtectedSets["vault"].AttestationSecrets = [Secret, Parameter];
        options.ProtectedSets["vault"].AttestationSecretKeys = [SecretKey];
        options.ProtectedSets["vault"].SecretReaders = [ExecutionRole];
        more?.Invoke(options);
    });
}
