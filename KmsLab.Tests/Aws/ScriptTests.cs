using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.RegularExpressions;
using KmsLab.CloudTrail.Attestation;

namespace KmsLab.Tests.Aws;

/// <summary>The scripts against a stand-in of the account: what they would do, in which order, with which parameters, and what they never show.</summary>
public sealed partial class ScriptTests
{
    private const string OwnTrail = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/own";

    private static readonly string[] Order = ["kmslab-vpc", "kmslab-ecr", "kmslab-secrets", "kmslab-trail", "kmslab-app", "kmslab-sentinel"];

    [Theory]
    [InlineData("deploy.sh")]
    [InlineData("destroy.sh")]
    public async Task Script_dry_run_changes_nothing(string script)
    {
        using var account = new FakeAccount();
        await DeployAsync(account);
        account.Forget();

        var (exitCode, output) = await account.RunAsync(script, "", [.. script == "deploy.sh" ? ["--plain-http", "--tag", "t2"] : Array.Empty<string>(), "--dry-run"]);

        exitCode.ShouldBe(0, output);
        account.Changes.ShouldBeEmpty();
        output.ShouldContain("Nothing was changed.");
        output.ShouldContain("would run: aws cloudformation");
    }

    [Fact]
    public async Task Deploy_dry_run_of_a_clean_account_tells_every_stack_and_the_cost_and_changes_nothing()
    {
        using var account = new FakeAccount();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--dry-run");

        exitCode.ShouldBe(0, output);
        account.Changes.ShouldBeEmpty();
        Order.ShouldAllBe(stack => output.Contains($"--stack-name {stack} "));
        output.ShouldContain("USD a month, at rest");
        output.ShouldContain("would run: dotnet publish ../KmsLab.CryptoApi");
        account.LeftBehind.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_makes_everything_in_order_and_shows_no_private_key()
    {
        using var account = new FakeAccount();

        var output = await DeployAsync(account);

        Deployed(account).Select(call => Option(call, "--stack-name")).ShouldBe(Order);
        var attestation = account.Read("secrets/Attestation-AbCdEf");
        var signer = AttestationKeys.PublicPemOf(attestation);
        var parameter = Parameter(Deployed(account)[^1], "AttestationPublicKey");
        Flat(parameter).ShouldBe(Flat(signer));
        AttestationKeys.PublicPemOf(account.Read("secrets/Canary-AbCdEf")).ShouldNotBe(signer);

        var secrets = PrivateLine.Matches(attestation).Select(line => line.Value).ToList();
        secrets.ShouldNotBeEmpty();
        secrets.ShouldAllBe(line => !output.Contains(line) && !account.Calls.Any(call => call.Contains(line)));
        account.Calls.ShouldAllBe(call => !call.Contains("registry-password"));
        account.Read("logins").ShouldBe("AWS registry-password\nAWS registry-password\n");
        account.LeftBehind.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_gives_the_templates_parameters_that_they_have_and_all_that_they_need()
    {
        using var account = new FakeAccount();
        await DeployAsync(account, "--email", "ops@example.com", "--operator-cidr", "203.0.113.0/24");

        foreach (var call in Deployed(account))
        {
            var template = Template.All[Option(call, "--template-file")!];
            var given = ParametersOf(call).ToHashSet();
            given.Except(template.Parameters.Select(parameter => parameter.Key)).ShouldBeEmpty(template.Name);
            template.Parameters.Where(parameter => parameter.Value!["Default"] is null && !given.Contains(parameter.Key)).ShouldBeEmpty(template.Name);
        }
    }

    [Fact]
    public async Task Deploy_shows_the_first_key_once_and_tells_the_service_its_hash_only()
    {
        using var account = new FakeAccount();

        var first = await DeployAsync(account);
        var key = ApiKey.Match(first).Value;

        key.ShouldNotBeEmpty();
        Parameter(Deployed(account)[^2], "ApiClientKeyHash").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
        account.Calls.ShouldAllBe(call => !call.Contains(key));
        Parameter(Deployed(account)[^2], "KeyAdministrators").ShouldBe("arn:aws:iam::111122223333:role/path/Deployer");
    }

    [Fact]
    public async Task Deploy_again_makes_no_new_keys_and_no_image_that_is_there()
    {
        using var account = new FakeAccount();
        await DeployAsync(account);
        var attestation = account.Read("secrets/Attestation-AbCdEf");
        account.Write("images", "");
        account.Forget();

        var again = await DeployAsync(account);

        ApiKey.IsMatch(again).ShouldBeFalse();
        account.Read("secrets/Attestation-AbCdEf").ShouldBe(attestation);
        account.Changes.ShouldAllBe(call => call.StartsWith("aws cloudformation deploy"));
        Deployed(account).ShouldAllBe(call => !call.Contains("KeyHash"));
    }

    [Theory]
    [InlineData("""{"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true, "ExcludeManagementEventSources": ["kms.amazonaws.com"]}]}""", "KMS is excluded")]
    [InlineData("""{"EventSelectors": [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true}]}""", "no reads")]
    [InlineData("""{"AdvancedEventSelectors": [{"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}, {"Field": "readOnly", "Equals": ["false"]}]}]}""", "no reads")]
    public async Task Deploy_offers_no_trail_that_does_not_see_KMS(string selectors, string why)
    {
        using var account = new FakeAccount();
        account.Write("trails", $"{OwnTrail}\tarn:aws:logs:eu-west-1:111122223333:log-group:own-group:*\town-bucket\tNone\tarn:aws:iam::111122223333:role/own\teu-west-1\n");
        account.Write("selectors", selectors);

        var (exitCode, output) = await account.RunAsync("deploy.sh", "\n", "--plain-http", "--tag", "t1", "--dry-run");

        exitCode.ShouldBe(0, output);
        output.ShouldContain(why);
        output.ShouldContain("ExistingTrailArn= ");
        output.ShouldContain("second copy of management events");
    }

    [Fact]
    public async Task Deploy_reads_the_trail_that_is_there_when_asked_to()
    {
        using var account = new FakeAccount();
        account.Write("trails", $"{OwnTrail}\tarn:aws:logs:eu-west-1:111122223333:log-group:own-group:*\town-bucket\tNone\tarn:aws:iam::111122223333:role/own\teu-west-1\n");
        account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1"));

        var (exitCode, output) = await account.RunAsync("deploy.sh", "1\ny\n", "--plain-http", "--tag", "t1");

        exitCode.ShouldBe(0, output);
        var (trail, sentinel) = (Deployed(account)[3], Deployed(account)[5]);
        Parameter(trail, "ExistingTrailArn").ShouldBe(OwnTrail);
        Parameter(trail, "ExistingLogGroup").ShouldBe("own-group");
        Parameter(sentinel, "TrailBucket").ShouldBe("own-bucket");
        Parameter(sentinel, "TrailKeyArn").ShouldBeEmpty();
        output.ShouldNotContain("second copy");
    }

    [Fact]
    public async Task Deploy_asks_before_it_changes_anything()
    {
        using var account = new FakeAccount();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "n\n", "--plain-http", "--tag", "t1");

        exitCode.ShouldBe(1);
        output.ShouldContain("nothing was changed");
        account.Changes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("", "--plain-http")]
    [InlineData("--plain-http --architecture sparc", "arm64 or x64")]
    [InlineData("--plain-http --frobnicate", "unknown option")]
    public async Task Deploy_says_what_is_wrong_with_its_options(string options, string message)
    {
        using var account = new FakeAccount();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", options.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        exitCode.ShouldBe(1);
        output.ShouldContain(message);
        account.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_takes_no_certificate_that_is_not_of_RDS()
    {
        using var account = new FakeAccount();
        account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1") + RdsBundle("Somebody Else"));

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--yes");

        exitCode.ShouldBe(1);
        output.ShouldContain("not RDS's");
        account.Calls.ShouldAllBe(call => !call.StartsWith("dotnet"));
    }

    [Fact]
    public async Task Destroy_takes_the_stacks_in_reverse_and_names_what_stays()
    {
        using var account = new FakeAccount();
        await DeployAsync(account);
        account.Forget();

        var (exitCode, output) = await account.RunAsync("destroy.sh", "kmslab\n");

        exitCode.ShouldBe(0, output);
        account.Changes.Where(call => call.StartsWith("aws cloudformation delete-stack")).Select(call => Option(call, "--stack-name"))
            .ShouldBe(["kmslab-sentinel", "kmslab-app", "kmslab-trail", "kmslab-secrets", "kmslab-ecr", "kmslab-vpc"]);
        string[] kept = ["kmslab-trail-bucket", "kmslab-app-key", "kmslab-secrets-key", "kmslab-trail-key", "storage-key", "kmslab-app-database", "kmslab-sentinel-database"];
        kept.ShouldAllBe(thing => output.Contains(thing));
        account.Changes.ShouldContain(call => call.StartsWith("aws rds modify-db-instance --db-instance-identifier kmslab-app-database --no-deletion-protection"));
        account.Changes.ShouldAllBe(call => !call.Contains("schedule-key-deletion") && !call.Contains("s3 "));
    }

    [Fact]
    public async Task Destroy_does_nothing_without_the_name_and_nothing_twice()
    {
        using var account = new FakeAccount();
        await DeployAsync(account);
        account.Forget();

        var (refused, _) = await account.RunAsync("destroy.sh", "yes\n");
        refused.ShouldBe(1);
        account.Changes.ShouldBeEmpty();

        await account.RunAsync("destroy.sh", "kmslab\n");
        var (exitCode, output) = await account.RunAsync("destroy.sh", "");
        exitCode.ShouldBe(0);
        output.ShouldContain("There is no stack kmslab-*");
    }

    /// <summary>What stays when a stack goes is what destroy.sh names.</summary>
    [Fact]
    public void Destroy_knows_each_resource_that_its_stack_keeps()
    {
        var kept = Deployment.Stacks.Values.SelectMany(name => Template.All[name].Resources)
            .Where(resource => resource.Value!["DeletionPolicy"]?.GetValue<string>() is "Retain" or "Snapshot").Select(resource => resource.Value!["Type"]!.GetValue<string>()).Distinct();

        kept.ShouldBe(["AWS::KMS::Key", "AWS::S3::Bucket", "AWS::RDS::DBInstance"], ignoreOrder: true);
        Template.All["sentinel.yaml"].OfType("AWS::KMS::Key").Where(key => key.Resource["DeletionPolicy"]!.GetValue<string>() == "Retain").Select(key => key.Id).ShouldBe(["StorageKey"]);
    }

    private static async Task<string> DeployAsync(FakeAccount account, params string[] options)
    {
        account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1"));
        var (exitCode, output) = await account.RunAsync("deploy.sh", "", [.. new[] { "--plain-http", "--tag", "t1", "--yes" }, .. options]);
        exitCode.ShouldBe(0, output);
        return output;
    }

    private static IReadOnlyList<string> Deployed(FakeAccount account) => [.. account.Calls.Where(call => call.StartsWith("aws cloudformation deploy", StringComparison.Ordinal))];

    private static string? Option(string call, string option) => call.Split(' ').SkipWhile(word => word != option).ElementAtOrDefault(1);

    private static IEnumerable<string> ParametersOf(string call) => ParameterName.Matches(call).Select(match => match.Groups[1].Value);

    /// <summary>A parameter's value: up to the next parameter, for a public key has spaces in it.</summary>
    private static string Parameter(string call, string name)
    {
        var from = call.IndexOf($" {name}=", StringComparison.Ordinal);
        from.ShouldBeGreaterThan(0, $"{name} is not in {call}");
        var value = call[(from + name.Length + 2)..];
        return ParameterName.Match(value) is { Success: true } next ? value[..next.Index].Trim() : value.Trim();
    }

    private static string Flat(string pem) => string.Concat(pem.Where(c => !char.IsWhiteSpace(c)));

    private static string RdsBundle(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"C=US, O=\"Amazon Web Services, Inc.\", OU={(name.StartsWith("Amazon", StringComparison.Ordinal) ? "Amazon RDS" : "Elsewhere")}, CN={name}", key, HashAlgorithmName.SHA256);
        var from = DateTimeOffset.Parse("2024-01-01T00:00:00Z", CultureInfo.InvariantCulture);
        using var certificate = request.CreateSelfSigned(from, from.AddYears(40));
        return certificate.ExportCertificatePem() + "\n";
    }

    [GeneratedRegex("kmslab_[A-Za-z0-9_-]{43}")]
    private static partial Regex ApiKey { get; }

    [GeneratedRegex("^[A-Za-z0-9+/=]{40,}$", RegexOptions.Multiline)]
    private static partial Regex PrivateLine { get; }

    [GeneratedRegex("(?<= )([A-Z][A-Za-z]+)=")]
    private static partial Regex ParameterName { get; }
}
