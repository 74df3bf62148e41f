using CsCheck;
using KmsLab.Sentinel.Policies;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Tests.Sentinel.Policies;

/// <summary>What a change of a key policy lets in, by the policy grammar of IAM.</summary>
public sealed class PolicyExposureTests
{
    private const string Own = "111122223333";
    private const string Other = "444455556666";
    private const string KeyArn = $"arn:aws:kms:us-east-1:{Own}:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string Root = $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:root"},"Action":"kms:*","Resource":"*"}""";

    private static readonly KeyOwner Owner = new(Own, ["777788889999"]);

    public static TheoryData<string, string> LetInAnybody => new()
    {
        { "a star", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}""" },
        { "a star under AWS", """{"Effect":"Allow","Principal":{"AWS":"*"},"Action":["kms:Describe*","kms:De*"],"Resource":"*"}""" },
        { "a star in a list", $$$$"""{"Effect":"Allow","Principal":{"AWS":["{{{{Own}}}}","*"]},"Action":"kms:Decrypt"}""" },
        { "all actions", """{"Effect":"Allow","Principal":"*","Action":"*"}""" },
        { "all actions but one", """{"Effect":"Allow","Principal":"*","NotAction":"kms:DisableKey"}""" },
        { "all principals but one", $$$$"""{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::{{{{Own}}}}:user/x"},"Action":"kms:Decrypt"}""" },
        { "a condition that says how, not who", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:ViaService":"s3.us-east-1.amazonaws.com"}}}""" },
        { "a condition that any account fits", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/app"}}}""" },
        { "a condition with one value that fits all", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringLike":{"kms:CallerAccount":["{{{{Own}}}}","*"]}}}""" },
        { "a condition that holds when its key is missing", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEqualsIfExists":{"aws:SourceAccount":"{{{{Own}}}}"}}}""" },
        { "a condition of all values", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1234567890/*"}}}""" },
        { "a condition that excludes one account", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringNotEquals":{"kms:CallerAccount":"{{{{Other}}}}"}}}""" },
        { "all addresses", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}}""" },
        { "names in any case", """{"effect":"Allow","principal":{"aws":"*"},"action":"KMS:DECRYPT"}""" },
        { "the right to grant", """{"Effect":"Allow","Principal":"*","Action":"kms:CreateGrant"}""" },
        { "the right to delete", """{"Effect":"Allow","Principal":"*","Action":"kms:ScheduleKeyDeletion"}""" },
    };

    public static TheoryData<string, string> LetInNobodyNew => new()
    {
        { "a description", """{"Effect":"Allow","Principal":"*","Action":["kms:DescribeKey","kms:GetKeyPolicy","kms:List*"]}""" },
        { "a denial", """{"Effect":"Deny","Principal":"*","Action":"kms:*"}""" },
        { "an account that is trusted", """{"Effect":"Allow","Principal":{"AWS":"777788889999"},"Action":"kms:Decrypt"}""" },
        { "an action of another service", """{"Effect":"Allow","Principal":"*","Action":"s3:*"}""" },
        { "an administrator who can't read", $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/admin"},"Action":["kms:DisableKey","kms:TagResource"]}""" },
        { "everyone and a denial of all but this account", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Encrypt"},{"Effect":"Deny","Principal":"*","Action":"kms:*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"{{{{Own}}}}"}}}""" },
        { "everyone and a denial of just that", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt"},{"Effect":"Deny","Principal":{"AWS":"*"},"Action":"kms:D*"}""" },
        { "another account and a denial of it", $$$$"""{"Effect":"Allow","Principal":{"AWS":"{{{{Other}}}}"},"Action":"kms:Decrypt"},{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::{{{{Other}}}}:root"},"Action":"kms:*"}""" },
    };

    public static TheoryData<string, string, string> LetInSomebody => new()
    {
        { "an account by number", $$$$"""{"Effect":"Allow","Principal":{"AWS":"{{{{Other}}}}"},"Action":"kms:Decrypt"}""", $"AnotherAccount the account {Other} may Decrypt" },
        { "an account by root", $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Other}}}}:root"},"Action":"kms:Encrypt"}""", $"AnotherAccount the account {Other} may Encrypt" },
        { "another account's role", $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Other}}}}:role/x"},"Action":"kms:Decrypt"}""", $"AnotherAccount arn:aws:iam::{Other}:role/x may Decrypt" },
        { "everyone of another account", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:CallerAccount":"{{{{Other}}}}"}}}""", $"AnotherAccount everyone of the account {Other} may Decrypt" },
        { "an organization", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1234567890"}}}""", "AnotherAccount the organization o-1234567890 may Decrypt" },
        { "everyone of the own account", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEqualsIfExists":{"kms:CallerAccount":"{{{{Own}}}}"}}}""", $"NewReader everyone of the account {Own} may Decrypt" },
        { "a role of the own account", $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/x"},"Action":"kms:*"}""", $"NewReader arn:aws:iam::{Own}:role/x may Decrypt, ReEncryptFrom, DeriveSharedSecret, GenerateDataKey and 4 more" },
        { "a role by a condition", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::{{{{Own}}}}:role/app-*"}}}""", $"NewReader arn:aws:iam::{Own}:role/app-* may Decrypt" },
        { "a service", """{"Effect":"Allow","Principal":{"Service":"logs.us-east-1.amazonaws.com"},"Action":"kms:Decrypt"}""", "NewReader the service logs.us-east-1.amazonaws.com may Decrypt" },
        { "a principal that was deleted", """{"Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEEXAMPLEEXA"},"Action":"kms:Decrypt"}""", "NewReader AROAEXAMPLEEXAMPLEEXA may Decrypt" },
        { "a VPC endpoint", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}}""", "NewReader everyone from vpce-1 may Decrypt" },
        { "everyone but for a denial of all but an organization", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt"},{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1234567890"},"BoolIfExists":{"aws:PrincipalIsAWSService":"false"}}}""", "AnotherAccount the organization o-1234567890 may Decrypt" },
        { "a denial of all but one principal", $$$$"""{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt"},{"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/app"},"Action":"kms:*"}""", $"NewReader arn:aws:iam::{Own}:role/app may Decrypt" },
        { "a denial that another condition weakens", """{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt"},{"Effect":"Deny","Principal":"*","Action":"*","Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-1234567890"},"Bool":{"aws:MultiFactorAuthPresent":"false"}}}""", "Everyone everyone may Decrypt" },
    };

    [Theory]
    [MemberData(nameof(LetInAnybody))]
    public void Everyone_is_told_of_when_the_policy_lets_in_anybody_by(string what, string statement) =>
        PolicyExposure.Compare(Policy(Root), Policy(Root, statement), Owner).ShouldContain(exposure => exposure.Kind == ExposureKind.Everyone, what);

    [Theory]
    [MemberData(nameof(LetInNobodyNew))]
    public void Nothing_is_told_of(string what, string statement) =>
        PolicyExposure.Compare(Policy(Root), Policy(Root, statement), Owner).Where(exposure => exposure.Kind != ExposureKind.NewReader).ShouldBeEmpty(what);

    [Theory]
    [MemberData(nameof(LetInSomebody))]
    public void Somebody_is_named_who_is_let_in_by(string what, string statement, string expected) =>
        Sentences(PolicyExposure.Compare(Policy(Root), Policy(Root, statement), Owner)).ShouldContain(expected, what);

    [Fact]
    public void The_same_policy_exposes_nothing_more_in_any_order_and_form()
    {
        const string Reader = $$$$"""{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::{{{{Own}}}}:role/a","{{{{Other}}}}"]},"Action":["kms:Decrypt","kms:Encrypt"]}""";
        const string Reordered = $$$$"""{"Action":["kms:Encrypt","kms:decrypt"],"Principal":{"AWS":["arn:aws:iam::{{{{Other}}}}:root","arn:aws:iam::{{{{Own}}}}:role/a"]},"Effect":"Allow","Sid":"x"}""";

        PolicyExposure.Compare(Policy(Root, Reader), Policy(Reordered, Root), Owner).ShouldBeEmpty();
    }

    [Fact]
    public void First_policy_is_no_change_but_everyone_and_other_accounts_are_told_of()
    {
        var policy = Policy(
            Root, $$$$"""{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::{{{{Own}}}}:role/a","{{{{Other}}}}"]},"Action":"kms:Decrypt"}""");

        Sentences(PolicyExposure.Compare(null, policy, Owner)).ShouldBe([$"AnotherAccount the account {Other} may Decrypt"]);
    }

    [Fact]
    public void Reader_who_keeps_a_right_under_no_condition_any_more_is_told_of()
    {
        const string Bound = $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/a"},"Action":"kms:Decrypt","Condition":{"StringEquals":{"kms:EncryptionContext:t":"1"}}}""";
        const string Free = $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/a"},"Action":"kms:Decrypt"}""";

        Sentences(PolicyExposure.Compare(Policy(Root, Bound), Policy(Root, Free), Owner)).ShouldBe([$"LostCondition arn:aws:iam::{Own}:role/a may Decrypt without the condition of before"]);
        PolicyExposure.Compare(Policy(Root, Free), Policy(Root, Bound), Owner).ShouldBeEmpty();
    }

    public static TheoryData<string, string, string, string?> Conditions => new()
    {
        { "swapped for one that always holds", Reports, """{"Bool":{"aws:SecureTransport":"true"}}""", nameof(ExposureKind.LostCondition) },
        { "swapped for another", Reports, """{"StringEquals":{"kms:EncryptionContext:purpose":"x"}}""", nameof(ExposureKind.WeakerCondition) },
        { "widened by a value", Reports, """{"StringEquals":{"kms:EncryptionContext:purpose":["reports","x"]}}""", nameof(ExposureKind.WeakerCondition) },
        { "widened by a pattern", Reports, """{"StringLike":{"kms:EncryptionContext:purpose":"rep*"}}""", nameof(ExposureKind.WeakerCondition) },
        { "that holds when the key is missing", Reports, """{"StringEqualsIfExists":{"kms:EncryptionContext:purpose":"reports"}}""", nameof(ExposureKind.WeakerCondition) },
        { "for all values", Reports, """{"ForAllValues:StringEquals":{"kms:EncryptionContext:purpose":"reports"}}""", nameof(ExposureKind.WeakerCondition) },
        { "dropped, one of two", """{"StringEquals":{"kms:EncryptionContext:purpose":"reports","kms:ViaService":"s3.us-east-1.amazonaws.com"}}""", Reports, nameof(ExposureKind.WeakerCondition) },
        { "of more addresses", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/16"}}""", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}""", nameof(ExposureKind.WeakerCondition) },
        { "of fewer exceptions", """{"StringNotEquals":{"kms:EncryptionContext:purpose":["a","b"]}}""", """{"StringNotEquals":{"kms:EncryptionContext:purpose":"a"}}""", nameof(ExposureKind.WeakerCondition) },
        { "of a later end", """{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}""", """{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}""", nameof(ExposureKind.WeakerCondition) },
        { "of fewer addresses", """{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}""", """{"IpAddress":{"aws:SourceIp":["10.1.0.0/16","10.2.3.4"]}}""", null },
        { "of fewer values", """{"StringLike":{"kms:EncryptionContext:purpose":["rep*","x"]}}""", Reports, null },
        { "of an earlier end", """{"DateLessThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}}""", """{"DateLessThan":{"aws:CurrentTime":"2026-01-01T00:00:00Z"}}""", null },
        { "and one more", Reports, """{"StringEquals":{"kms:EncryptionContext:purpose":"reports","kms:ViaService":"s3.us-east-1.amazonaws.com"}}""", null },
        { "in another form", Reports, """{"StringEquals":{"kms:encryptioncontext:purpose":["reports"]},"Bool":{"aws:SecureTransport":true}}""", null },
    };

    private const string Reports = """{"StringEquals":{"kms:EncryptionContext:purpose":"reports"}}""";

    [Theory]
    [MemberData(nameof(Conditions))]
    public void Condition_is_compared(string how, string before, string after, string? expected)
    {
        PolicyExposure.Compare(Policy(Root, Statement(before)), Policy(Root, Statement(after)), Owner).Select(exposure => exposure.Kind.ToString())
            .ShouldBe(expected is null ? [] : [expected], how);

        static string Statement(string condition) =>
            $$$$"""{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{{{Own}}}}:role/a"},"Action":"kms:Decrypt","Condition":{{{{condition}}}}}""";
    }

    public static TheoryData<string, string> Decoys => new()
    {
        { "of another key", """{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000"}""" },
        { "of all but this key", $$"""{"Effect":"Deny","Principal":"*","Action":"kms:*","NotResource":"{{KeyArn}}"}""" },
        { "without a resource", """{"Effect":"Deny","Principal":"*","Action":"kms:*"}""" },
        { "of AWS's services", $$$$"""{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalAccount":"{{{{Own}}}}"},"Bool":{"aws:PrincipalIsAWSService":"true"}}}""" },
        { "without TLS", """{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}""" },
        { "for any of no values", $$$$"""{"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"ForAnyValue:StringNotEquals":{"aws:PrincipalOrgPaths":"o-1/*"}}}""" },
        { "of another action", """{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}""" },
    };

    [Theory]
    [MemberData(nameof(Decoys))]
    public void Denial_protects_nobody(string how, string denial)
    {
        const string Foreign = $$$$"""{"Effect":"Allow","Principal":{"AWS":"{{{{Other}}}}"},"Action":"kms:Decrypt","Resource":"*"}""";
        const string AllOwn = """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}""";

        PolicyExposure.Compare(PolicyAsIs(AllOwn), PolicyAsIs(AllOwn, Foreign, denial), KeyOwner.Of(KeyArn, [])).ShouldHaveSingleItem().Kind
            .ShouldBe(ExposureKind.AnotherAccount, how);
    }

    [Fact]
    public void Grant_without_the_constraints_of_before_is_told_of_and_one_with_more_is_not()
    {
        KeyAccess Granted(params KeyGrant[] grants) => KeyAccess.Of(Policy(Root), grants, null);
        var bound = new KeyGrant("g1", $"arn:aws:iam::{Own}:role/a", ["Decrypt"], new Dictionary<string, string> { ["purpose"] = "reports" });
        var exact = bound with { Id = "g2", IsExact = true };
        var free = bound with { Id = "g3", Constraints = null };

        PolicyExposure.Compare(Granted(bound), Granted(bound, free), Owner).ShouldHaveSingleItem().Kind.ShouldBe(ExposureKind.LostCondition);
        PolicyExposure.Compare(Granted(exact), Granted(exact, bound), Owner).ShouldHaveSingleItem().Kind.ShouldBe(ExposureKind.WeakerCondition);
        PolicyExposure.Compare(Granted(bound), Granted(bound, exact), Owner).ShouldBeEmpty();
    }

    [Fact]
    public void Denial_that_exempts_one_principal_fewer_is_stricter()
    {
        static string AllBut(string principals) => $$$$"""{"Effect":"Deny","Principal":"*","Action":"kms:*","Condition":{"StringNotEquals":{"aws:PrincipalArn":[{{{{principals}}}}]}}}""";
        var (both, one) = (AllBut($"\"arn:aws:iam::{Own}:role/app\",\"arn:aws:iam::{Own}:role/old\""), AllBut($"\"arn:aws:iam::{Own}:role/app\""));

        PolicyExposure.Compare(Policy(Root, both), Policy(Root, one), Owner).ShouldBeEmpty();
        PolicyExposure.Compare(Policy(Root, one), Policy(Root, both), Owner).ShouldHaveSingleItem().Kind.ShouldBe(ExposureKind.LostDenial);
    }

    [Fact]
    public void Denial_that_is_gone_or_covers_less_is_told_of_and_one_that_grows_is_not()
    {
        const string All = $$$$"""{"Effect":"Deny","Principal":"*","Action":"kms:*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::{{{{Own}}}}:role/app"}}}""";
        var part = All.Replace("kms:*", "kms:CreateGrant", StringComparison.Ordinal);

        PolicyExposure.Compare(Policy(Root, All), Policy(Root), Owner).ShouldHaveSingleItem().Kind.ShouldBe(ExposureKind.LostDenial);
        PolicyExposure.Compare(Policy(Root, All), Policy(Root, part), Owner).ShouldHaveSingleItem().Operations.ShouldContain("Decrypt");
        PolicyExposure.Compare(Policy(Root, part), Policy(Root, All), Owner).ShouldBeEmpty();
    }

    [Fact]
    public void Grant_to_another_account_or_a_new_principal_is_told_of()
    {
        var before = KeyAccess.Of(Policy(Root), [new("g1", $"arn:aws:iam::{Own}:role/a", ["Decrypt"])], null);
        var after = KeyAccess.Of(Policy(Root),
        [
            new("g1", $"arn:aws:iam::{Own}:role/a", ["Decrypt"]), new("g2", $"arn:aws:iam::{Other}:user/b", ["Encrypt"]), new("g3", $"arn:aws:iam::{Own}:role/c", ["Decrypt", "DescribeKey"]),
            new("g4", "rds.us-east-1.amazonaws.com", ["DescribeKey"]),
        ],
        null);

        Sentences(PolicyExposure.Compare(before, after, Owner)).ShouldBe(
            [$"AnotherAccount arn:aws:iam::{Other}:user/b may Encrypt", $"NewReader arn:aws:iam::{Own}:role/c may Decrypt"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("""{"Statement":["x"]}""")]
    public void Policy_that_can_not_be_read_is_told_of(string policy) =>
        PolicyExposure.Compare(Policy(Root), policy, Owner).ShouldHaveSingleItem().Kind.ShouldBe(ExposureKind.Unreadable);

    [Fact]
    public void Any_JSON_is_read_or_refused_and_a_policy_never_exposes_more_than_itself()
    {
        string[] values = ["\"*\"", "{}", "[]", "1", "null", "\"Allow\"", "\"Deny\"", "{\"AWS\":\"*\"}", "{\"AWS\":[1,{}]}", "[\"kms:*\"]", "{\"StringEquals\":{\"kms:CallerAccount\":[]}}", "{\"X\":1}"];
        var value = Gen.Int[0, values.Length - 1].Select(index => values[index]);
        Gen.Select(value, value, value, value, value).Sample((effect, principal, action, condition, statement) =>
        {
            foreach (var policy in (string[])
                     [$$$$"""{"Statement":{"Effect":{{{{effect}}}},"Principal":{{{{principal}}}},"Action":{{{{action}}}},"Condition":{{{{condition}}}}}}""", $$$$"""{"Statement":{{{{statement}}}}}""", statement])
            {
                PolicyExposure.Compare(policy, policy, Owner).ShouldAllBe(exposure => exposure.Kind == ExposureKind.Unreadable);
            }
        });
    }

    /// <summary>A policy of statements that are about the key itself, unless they say otherwise.</summary>
    private static string Policy(params IEnumerable<string> statements) => PolicyAsIs([.. statements.Select(statement =>
        statement.Contains("Resource\"", StringComparison.Ordinal) ? statement : statement.Replace("\"Action\"", "\"Resource\":\"*\",\"Action\"", StringComparison.OrdinalIgnoreCase)
            .Replace("\"NotAction\"", "\"Resource\":\"*\",\"NotAction\"", StringComparison.Ordinal))]);

    private static string PolicyAsIs(params string[] statements) => $$$$"""{"Version":"2012-10-17","Statement":[{{{{string.Join(',', statements)}}}}]}""";

    private static IEnumerable<string> Sentences(IEnumerable<Exposure> exposures) => exposures.Select(exposure => $"{exposure.Kind} {exposure}");
}
