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

    private static readonly string[] Order = ["kmslab-vpc", "kmslab-ecr", "kmslab-secrets", "kmslab-trail", "kmslab-app", "kmslab-sentinel", "kmslab-rotation", "kmslab-alarms"];

    private static readonly Lazy<Task<Dictionary<string, string>>> Snapshot = new(async () =>
    {
        using var account = new FakeAccount();
        await DeployAsync(account);
        return account.Save();
    });

    [Theory]
    [InlineData("deploy.sh")]
    [InlineData("destroy.sh")]
    public async Task Script_dry_run_changes_nothing(string script)
    {
        using var account = await DeployedAsync();
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

        // A service comes once its database was migrated. The last two: deletion protection, once everything is there.
        string[] services = ["kmslab-app", "kmslab-sentinel"];
        Deployed(account).Select(call => Option(call, "--stack-name"))
            .ShouldBe([.. Order.SelectMany(stack => services.Contains(stack) ? new[] { stack, stack } : [stack]), .. services]);
        var attestation = account.Read("secrets/Attestation-AbCdEf");
        var signer = AttestationKeys.PublicPemOf(attestation);
        var parameter = Parameter(First(account, "kmslab-sentinel"), "AttestationPublicKey");
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
            if (call == First(account, Option(call, "--stack-name")!))
                template.Parameters.Where(parameter => parameter.Value!["Default"] is null && !given.Contains(parameter.Key)).ShouldBeEmpty(template.Name);
        }
    }

    [Theory]
    [InlineData("ClientKey", "kmslab-app", "ApiClientKeyHash")]
    [InlineData("OperatorKey", "kmslab-sentinel", "OperatorKeyHash")]
    public async Task Deploy_keeps_API_keys_in_Secrets_Manager_shows_how_to_read_them_and_tells_the_service_their_hash_only(string secret, string stack, string parameter)
    {
        using var account = new FakeAccount();

        var output = await DeployAsync(account);
        var key = account.Read($"secrets/{secret}-AbCdEf");

        key.ShouldMatch("^kmslab_[A-Za-z0-9_-]{43}$");
        Parameter(First(account, stack), parameter).ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
        account.Calls.ShouldAllBe(call => !call.Contains(key));
        output.ShouldNotContain(key);
        output.ShouldContain($"get-secret-value --region eu-west-1 --secret-id arn:aws:secretsmanager:eu-west-1:111122223333:secret:{secret}-AbCdEf");
        Parameter(First(account, "kmslab-app"), "KeyAdministrators").ShouldBe("arn:aws:iam::111122223333:role/path/Deployer");
    }

    /// <summary>The key is in Secrets Manager before the service knows its hash: what fails later loses nothing.</summary>
    [Fact]
    public async Task Deploy_that_fails_at_the_application_leaves_a_key_that_the_next_one_uses()
    {
        using var account = new FakeAccount();
        account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1"));
        account.Fail("kmslab-sentinel", "Service");
        (await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--yes")).ExitCode.ShouldBe(1);
        var key = account.Read("secrets/ClientKey-AbCdEf");

        await DeployAsync(account);

        account.Read("secrets/ClientKey-AbCdEf").ShouldBe(key);
        account.ParameterOf("kmslab-app", "ApiClientKeyHash").ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key))));
    }

    /// <summary>An answer that does not come is not 'no value': the attestation key would be overwritten.</summary>
    [Fact]
    public async Task Deploy_does_not_take_a_secret_that_it_can_not_look_at_for_an_empty_one()
    {
        using var account = await DeployedAsync();
        var attestation = account.Read("secrets/Attestation-AbCdEf");
        account.Write("broken", "secretsmanager describe-secret\n");

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--yes", "--tag", "t1");

        exitCode.ShouldBe(1);
        output.ShouldContain("can't be looked at");
        account.Read("secrets/Attestation-AbCdEf").ShouldBe(attestation);
    }

    [Fact]
    public async Task Deploy_does_not_take_a_stack_that_it_can_not_look_at_for_one_that_is_not_there()
    {
        using var account = await DeployedAsync();
        account.Forget();
        account.Write("broken", "cloudformation describe-stacks\n");

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--yes", "--tag", "t1");

        exitCode.ShouldBe(1);
        output.ShouldContain("can't be read");
        account.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Deploy_says_that_it_does_not_know_the_number_of_events_where_AWS_does_not_tell()
    {
        using var account = new FakeAccount();
        account.Write("broken", "cloudtrail lookup-events\n");

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--plain-http", "--tag", "t1", "--dry-run");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("is not known");
        output.ShouldNotContain("Trail: 0 events");
    }

    [Fact]
    public async Task Deploy_builds_images_with_AWS_s_own_clients_and_with_stand_ins_only_on_request()
    {
        using var account = await DeployedAsync();
        account.Calls.Where(call => call.StartsWith("dotnet publish", StringComparison.Ordinal)).ShouldAllBe(call => call.Contains("-p:FullFeed=true ") && call.Contains("-p:ContainerImageTag=t1-arm64 "));

        account.Forget();
        await DeployAsync(account, "--stand-ins", "--architecture", "x64");

        account.Calls.Where(call => call.StartsWith("dotnet publish", StringComparison.Ordinal)).ShouldAllBe(call => call.Contains("-p:FullFeed=false ") && call.Contains("-p:ContainerImageTag=t1-x64-standins "));
        account.Calls.Count(call => call.StartsWith("dotnet publish", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Deploy_prints_addresses_with_the_name_that_is_in_the_certificate()
    {
        using var account = new FakeAccount();
        account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1"));

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--certificate", "arn:aws:acm:eu-west-1:111122223333:certificate/x", "--tag", "t1", "--yes");

        exitCode.ShouldBe(0, output);
        output.ShouldContain("https://api.example.com/encrypt");
        output.ShouldContain("https://api.example.com:8443");
        output.ShouldContain("api.example.com needs a DNS record (CNAME, or an alias of Route 53) that points to balancer.example");
    }

    [Fact]
    public async Task Deploy_again_makes_no_new_keys_and_no_image_that_is_there()
    {
        using var account = await DeployedAsync();
        var attestation = account.Read("secrets/Attestation-AbCdEf");
        account.Write("images", "");
        account.Forget();

        var again = await DeployAsync(account);

        again.ShouldNotContain("would");
        account.Read("secrets/Attestation-AbCdEf").ShouldBe(attestation);
        account.Changes.ShouldAllBe(call => call.StartsWith("aws cloudformation deploy") || call.StartsWith("aws ecs run-task"));
        account.ParameterOf("kmslab-app", "DeletionProtection").ShouldBe("true");
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
        var (trail, sentinel) = (First(account, "kmslab-trail"), First(account, "kmslab-sentinel"));
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
    public async Task Deploy_wants_HTTPS_or_to_be_told_otherwise()
    {
        using var account = new FakeAccount();

        var (exitCode, output) = await account.RunAsync("deploy.sh", "", "--tag", "t1");

        exitCode.ShouldBe(1);
        output.ShouldContain("--plain-http");
        account.Changes.ShouldBeEmpty();
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

    internal static async Task<string> DeployAsync(FakeAccount account, params string[] options)
    {
        GiveCertificates(account);
        var (exitCode, output) = await account.RunAsync("deploy.sh", "", [.. new[] { "--plain-http", "--tag", "t1", "--yes" }, .. options]);
        exitCode.ShouldBe(0, output);
        return output;
    }

    /// <summary>An account where everything was deployed, without options. It is done once.</summary>
    internal static async Task<FakeAccount> DeployedAsync()
    {
        var account = new FakeAccount();
        account.Restore(await Snapshot.Value);
        GiveCertificates(account);
        return account;
    }

    /// <summary>Puts RDS's certificates where the scripts download them.</summary>
    internal static void GiveCertificates(FakeAccount account) => account.Write("certificates", RdsBundle("Amazon RDS eu-west-1 Root CA RSA2048 G1"));

    private static IReadOnlyList<string> Deployed(FakeAccount account) => [.. account.Calls.Where(call => call.StartsWith("aws cloudformation deploy", StringComparison.Ordinal))];

    /// <summary>The first deployment of a stack.</summary>
    private static string First(FakeAccount account, string stack) => Deployed(account).First(call => Option(call, "--stack-name") == stack);

    internal static string? Option(string call, string option) => call.Split(' ').SkipWhile(word => word != option).ElementAtOrDefault(1);

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

    [GeneratedRegex("^[A-Za-z0-9+/=]{40,}$", RegexOptions.Multiline)]
    private static partial Regex PrivateLine { get; }

    [GeneratedRegex("(?<= )([A-Z][A-Za-z]+)=")]
    private static partial Regex ParameterName { get; }
}
