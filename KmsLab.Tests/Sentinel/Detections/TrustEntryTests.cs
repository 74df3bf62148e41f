using System.Text.Json.Nodes;
using static KmsLab.Tests.Sentinel.Detections.DetectionBench;
using static KmsLab.Tests.Sentinel.Detections.TrustTests;

namespace KmsLab.Tests.Sentinel.Detections;

/// <summary>role-hijack about ways to a trusted role through what vouches for it: instances, identity providers, trust anchors.</summary>
public sealed class TrustEntryTests
{
    public static TheoryData<string, string, string, bool> Entries { get; } = new()
    {
        { "ssm", "SendCommand", """{"instanceIds":["i-0123456789abcdef0"],"documentName":"AWS-RunShellScript"}""", true },
        { "ssm", "SendCommand", """{"targets":[{"key":"tag:env","values":["prod"]}],"documentName":"AWS-RunShellScript"}""", true },
        { "ssm", "SendCommand", """{"instanceIds":["i-0ffffffffffffffff"]}""", false },
        { "ssm", "StartSession", """{"target":"i-0123456789abcdef0"}""", true },
        { "ssm", "StartAutomationExecution", """{"documentName":"x","parameters":{"InstanceId":["i-0123456789abcdef0"]}}""", true },
        { "ssm", "DescribeInstanceInformation", """{"instanceInformationFilterList":[{"valueSet":["i-0123456789abcdef0"]}]}""", false },
        { "ec2", "ModifyInstanceAttribute", """{"instanceId":"i-0123456789abcdef0","userData":"<sensitiveDataRemoved>"}""", true },
        { "ec2", "ModifyInstanceAttribute", """{"instanceId":"i-0123456789abcdef0","disableApiTermination":{"value":true}}""", false },
        { "ec2", "StopInstances", """{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}""", false },
        { "ec2-instance-connect", "SendSSHPublicKey", """{"instanceId":"i-0123456789abcdef0","instanceOSUser":"ec2-user"}""", true },
        { "ec2-instance-connect", "SendSerialConsoleSSHPublicKey", """{"instanceId":"i-0123456789abcdef0"}""", true },
    };

    [Theory]
    [MemberData(nameof(Entries))]
    public void Entering_an_instance_that_runs_with_a_trusted_role_counts(string source, string operation, string parameters, bool fires)
    {
        JsonObject Enter(string by) => Call(source, operation, JsonNode.Parse(parameters)!.AsObject(), by);
        JsonObject[] lessons =
        [
            TestRecords.Decrypt(role: Restore).With(record => record["userIdentity"]!["arn"] = $"arn:aws:sts::{TestRecords.Account}:assumed-role/restore/i-0123456789abcdef0"),
            Call("ec2", "AssociateIamInstanceProfile", JsonNode.Parse("""{"AssociateIamInstanceProfileRequest":{"IamInstanceProfile":{"Name":"restore"},"InstanceId":"i-0123456789abcdef0"}}""")!.AsObject(), Deployer),
            Call("ec2", "RunInstances", JsonNode.Parse("""{"iamInstanceProfile":{"name":"restore"}}""")!.AsObject(), Deployer)
                .With(record => record["responseElements"] = JsonNode.Parse("""{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}""")),
        ];
        foreach (var lesson in lessons)
        {
            using var bench = Bench();
            bench.Select(Enter(Stranger)).ShouldBeNull("nobody knows the instance");
            bench.Judge(lesson);
            (bench.Select(Enter(Stranger)) is not null).ShouldBe(fires);
            bench.Select(Enter(Deployer)).ShouldBeNull();
        }
    }

    [Theory]
    [InlineData("iam", "UpdateSAMLProvider", """{"sAMLProviderArn":"arn:aws:iam::000000000000:saml-provider/corp"}""", true)]
    [InlineData("iam", "UpdateSAMLProvider", """{"sAMLProviderArn":"arn:aws:iam::000000000000:saml-provider/other"}""", false)]
    [InlineData("iam", "AddClientIDToOpenIDConnectProvider", """{"openIDConnectProviderArn":"arn:aws:iam::000000000000:oidc-provider/token.example.com"}""", true)]
    [InlineData("iam", "GetSAMLProvider", """{"sAMLProviderArn":"arn:aws:iam::000000000000:saml-provider/corp"}""", false)]
    [InlineData("rolesanywhere", "CreateTrustAnchor", """{"name":"x","source":{"sourceType":"CERTIFICATE_BUNDLE"}}""", true)]
    [InlineData("rolesanywhere", "ListTrustAnchors", "{}", false)]
    public void Provider_that_may_vouch_for_a_trusted_role_counts(string source, string operation, string parameters, bool fires)
    {
        using var bench = Bench();
        JsonObject By(string role) => Call(source, operation, JsonNode.Parse(parameters)!.AsObject(), role);
        const string Trust = """
            {"Statement":[{"Effect":"Allow","Principal":{"Federated":["arn:aws:iam::000000000000:saml-provider/corp","arn:aws:iam::000000000000:oidc-provider/token.example.com"]}},
            {"Effect":"Allow","Principal":{"Service":"rolesanywhere.amazonaws.com"},"Action":"sts:AssumeRole"}]}
            """;
        bench.Select(By(Stranger)).ShouldBeNull("nobody knows whom the role trusts");

        bench.Select(Call("iam", "UpdateAssumeRolePolicy", new() { ["roleName"] = "restore", ["policyDocument"] = Trust }, Deployer)).ShouldBeNull();
        (bench.Select(By(Stranger)) is not null).ShouldBe(fires);
        bench.Select(By(Deployer)).ShouldBeNull();
    }

    [Fact]
    public void Provider_that_is_made_anew_under_the_name_that_a_role_trusts_counts()
    {
        using var bench = Bench();
        bench.Judge(Call("sts", "AssumeRoleWithSAML", new() { ["roleArn"] = Restore, ["principalArn"] = "arn:aws:iam::000000000000:saml-provider/corp" }));

        bench.Select(Call("iam", "CreateSAMLProvider", new() { ["name"] = "corp" })
            .With(record => record["responseElements"] = new JsonObject { ["sAMLProviderArn"] = "arn:aws:iam::000000000000:saml-provider/corp" })).ShouldNotBeNull();
    }
}
