using KmsLab.Sentinel.Policies;

namespace KmsLab.Tests.Sentinel.Policies;

/// <summary>What a change of a key policy takes away from the application and the administrators.</summary>
public sealed class PolicyLossTests
{
    private const string App = "arn:aws:iam::111122223333:role/app";
    private const string Admin = "arn:aws:iam::111122223333:role/admin";
    private const string Root = """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}""";
    private const string AppMay = $$$$"""{"Effect":"Allow","Principal":{"AWS":"{{{{App}}}}"},"Action":["kms:Encrypt","kms:Decrypt"],"Resource":"*"}""";
    private const string AdminMay = $$$$"""{"Effect":"Allow","Principal":{"AWS":"{{{{Admin}}}}"},"Action":"kms:*","Resource":"*"}""";

    public static TheoryData<string, string, string[]> Taken => new()
    {
        { "all but one administrator", AdminMay, [$"{App} may not Decrypt, Encrypt any more", "the account 111122223333 may not PutKeyPolicy any more"] },
        { "the application's statement", $"{Root},{AdminMay}", [$"{App} may not Decrypt, Encrypt any more"] },
        { "an administrator", $"{Root},{AppMay}", [$"{Admin} may not PutKeyPolicy any more"] },
        {
            "by a Deny of all but the attacker",
            $$$$"""{{{{Root}}}},{{{{AppMay}}}},{{{{AdminMay}}}},{"Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringNotEquals":{"aws:PrincipalArn":"{{{{Admin}}}}"}}}""",
            [$"{App} may not Decrypt any more"]
        },
        {
            "by a Deny of the application",
            $$$$"""{{{{Root}}}},{{{{AppMay}}}},{{{{AdminMay}}}},{"Effect":"Deny","Principal":{"AWS":"{{{{App}}}}"},"Action":"kms:Encrypt","Resource":"*"}""",
            [$"{App} may not Encrypt any more"]
        },
        { "nothing by a Deny of somebody else", $$$$"""{{{{Root}}}},{{{{AppMay}}}},{{{{AdminMay}}}},{"Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111122223333:role/x"},"Action":"*","Resource":"*"}""", [] },
        { "nothing by a Deny without TLS", $$$$"""{{{{Root}}}},{{{{AppMay}}}},{{{{AdminMay}}}},{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}""", [] },
        { "nothing by another order", $"{AdminMay},{AppMay},{Root}", [] },
    };

    [Theory]
    [MemberData(nameof(Taken))]
    public void Change_takes_away(string what, string after, string[] losses) =>
        PolicyLoss.Compare(Access($"{Root},{AppMay},{AdminMay}"), Access(after), [Call()]).Select(loss => loss.ToString()).ShouldBe(losses, what);

    /// <summary>Putting an opened policy right takes from everyone, and from nobody who matters.</summary>
    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}""")]
    public void Shutting_everyone_out_again_takes_nothing_away(string opening)
    {
        PolicyLoss.Compare(Access($"{Root},{opening}"), Access(Root), [Call()]).ShouldBeEmpty();
        PolicyLoss.Compare(Access(opening), Access(Root), [Call()]).ShouldBeEmpty();
    }

    [Fact]
    public void Grant_that_is_gone_is_lost_unless_the_policy_allows_the_same()
    {
        KeyGrant[] grants = [new("g1", App, ["Decrypt"])];

        PolicyLoss.Compare(Access(Root, grants), Access(Root), [Call()]).ShouldHaveSingleItem().Operations.ShouldBe(["Decrypt"]);
        PolicyLoss.Compare(Access($"{Root},{AppMay}", grants), Access($"{Root},{AppMay}"), [Call()]).ShouldBeEmpty();
    }

    public static TheoryData<string, string> Locks => new()
    {
        { "the account keeps only its administration", """{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":["kms:Create*","kms:Describe*","kms:Put*"],"Resource":"*"}""" },
        { "the account lets only the attacker through", Conditioned("Allow", "StringEquals", "aws:PrincipalArn", Admin, "arn:aws:iam::111122223333:root", "kms:*") },
        { "the application by its ARN", Denied("StringEquals", "aws:PrincipalArn", App) },
        { "the application by a pattern", Denied("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/ap?") },
        { "whoever uses TLS", Denied("Bool", "aws:SecureTransport", "true") },
        { "whoever comes after 2020", Denied("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z") },
        { "whoever comes before 2100", Denied("DateLessThan", "aws:CurrentTime", "2100-01-01T00:00:00Z") },
        { "whoever comes through another endpoint", Denied("StringNotEquals", "aws:SourceVpce", "vpce-0evil") },
        { "whoever comes from elsewhere, and a call through an endpoint comes from nowhere", Denied("NotIpAddress", "aws:SourceIp", "10.0.0.0/8") },
        { "its own account", Denied("StringEquals", "aws:PrincipalAccount", "111122223333") },
        { "all but one user by id", Denied("StringNotLike", "aws:userid", "AIDAEVIL") },
        { "all but another role by id", Denied("StringNotLike", "aws:userId", "AROAEVIL:*") },
        { "the role by its id", Denied("StringLike", "aws:userid", "AROAAPP:*") },
        { "all but one user by name", Denied("StringNotEquals", "aws:username", "mallory") },
        { "whoever has no such tag", Denied("StringNotEquals", "aws:PrincipalTag/admin", "yes") },
        { "whoever has no tag at all", Denied("Null", "aws:PrincipalTag/admin", "true") },
        { "whoever does not come through S3", Denied("StringNotEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com") },
        { "whoever has no second factor", Denied("BoolIfExists", "aws:MultiFactorAuthPresent", "false") },
        { "whoever has no source identity", Denied("StringNotLike", "aws:SourceIdentity", "ops-*") },
        { "the account lets only users of a name through", Conditioned("Allow", "StringEquals", "aws:username", "mallory", "arn:aws:iam::111122223333:root", "kms:*") },
        { "all but the account and the attacker", $$$$"""{{{{Root}}}},{"Effect":"Deny","NotPrincipal":{"AWS":["{{{{Admin}}}}","arn:aws:iam::111122223333:root"]},"Action":"kms:Decrypt","Resource":"*"}""" },
    };

    [Theory]
    [MemberData(nameof(Locks))]
    public void Application_that_IAM_lets_in_is_locked_out(string what, string after)
    {
        PolicyLoss.Compare(Access(Root), Access(after), [Call()]).SelectMany(loss => loss.Operations).ShouldContain("Decrypt", what);
        PolicyLoss.Compare(Access(after), Access(Root), [Call()]).ShouldBeEmpty("giving it back takes nothing away");
    }

    public static TheoryData<string, string> Quiet => new()
    {
        { "a Deny without TLS", Denied("Bool", "aws:SecureTransport", "false") },
        { "a Deny of all but the application", $"{Root},{Conditioned("Deny", "StringNotEquals", "aws:PrincipalArn", App, "*", "kms:*")}" },
        { "a Deny of others", Denied("ArnNotLike", "aws:PrincipalArn", App) },
        { "a Deny outside of its endpoint", Denied("StringNotEquals", "aws:SourceVpce", "vpce-0own") },
        { "a Deny after the year 2100", Denied("DateGreaterThan", "aws:CurrentTime", "2100-01-01T00:00:00Z") },
        { "a Deny of AWS services", Denied("Bool", "aws:PrincipalIsAWSService", "true") },
        { "a Deny outside of its organization, of which nobody knows", Denied("StringNotEquals", "aws:PrincipalOrgID", "o-1234567890") },
        { "a Deny of others by id", Denied("StringNotLike", "aws:userid", "AROAAPP:*") },
        { "a Deny of users by name", Denied("StringLike", "aws:username", "*") },
        { "a Deny of those with a tag", Denied("StringEquals", "aws:PrincipalTag/quarantine", "yes") },
        { "a Deny through S3", Denied("StringEquals", "kms:ViaService", "s3.us-east-1.amazonaws.com") },
        { "a Deny of one session", Denied("StringEquals", "aws:userid", "AROAAPP:one") },
        { "an account that lets only the application through", Conditioned("Allow", "StringEquals", "aws:PrincipalArn", App, "arn:aws:iam::111122223333:root", "kms:*") },
    };

    [Theory]
    [MemberData(nameof(Quiet))]
    public void Change_that_leaves_the_application_what_it_had_is_quiet(string what, string after) =>
        PolicyLoss.Compare(Access(Root), Access(after), [Call()]).ShouldBeEmpty(what);

    /// <summary>A policy under which the application works says what its tag, its organization and the like are.</summary>
    [Theory]
    [InlineData("aws:PrincipalTag/team", "a", "b", true)]
    [InlineData("aws:PrincipalTag/team", "a", "a", false)]
    [InlineData("aws:PrincipalOrgID", "o-own0000000", "o-evil000000", true)]
    [InlineData("aws:SourceVpc", "vpc-own", "vpc-evil", true)]
    [InlineData("kms:EncryptionContext:app", "a", "b", true)]
    public void Condition_that_let_the_application_through_and_does_not_any_more_locks_it_out(string key, string before, string after, bool lost)
    {
        var losses = PolicyLoss.Compare(Access(Denied("StringNotEquals", key, before)), Access(Denied("StringNotEquals", key, after)), [Call()]);
        losses.Any(loss => loss.Operations.Contains("Decrypt")).ShouldBe(lost);
        PolicyLoss.Compare(Access(Denied("StringNotEquals", key, before)), Access(Root), [Call()]).ShouldBeEmpty("the condition is gone");
    }

    [Fact]
    public void Role_whose_id_nobody_knows_is_not_taken_for_another()
    {
        var call = Call() with { RoleId = null };
        PolicyLoss.Compare(Access(Root), Access(Denied("StringNotLike", "aws:userid", "AROAEVIL:*")), [call]).ShouldBeEmpty();
        PolicyLoss.Compare(Access(Root), Access(Denied("StringNotLike", "aws:userid", "AIDAEVIL")), [call]).ShouldNotBeEmpty("a user's is no role's");
    }

    [Theory]
    [InlineData("StringNotEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/evil", true)]
    [InlineData("StringNotEquals", "aws:username", "mallory", true)]
    [InlineData("StringNotLike", "aws:userid", "AROAEVIL:*", true)]
    [InlineData("StringNotEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/deploy-*", true)]
    [InlineData("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/deploy-*", false)]
    [InlineData("StringEquals", "aws:PrincipalArn", "arn:aws:iam::111122223333:role/evil", false)]
    public void Account_is_locked_out_of_administration_by_a_Deny_unless_a_deployer_is_left(string operation, string key, string value, bool lost)
    {
        var after = $"{Root},{Conditioned("Deny", operation, key, value, "*", "kms:PutKeyPolicy")}";
        ApplicationCall deployer = new("arn:aws:iam::111122223333:role/deploy-*", [], [], Call().At);

        PolicyLoss.Compare(Access(Root), Access(after), [Call()], [deployer]).Select(loss => loss.ToString())
            .ShouldBe(lost ? ["the account 111122223333 may not PutKeyPolicy any more"] : []);
    }

    private static string Denied(string operation, string key, string value) => $"{Root},{Conditioned("Deny", operation, key, value, "*", "kms:Decrypt")}";

    private static string Conditioned(string effect, string operation, string key, string value, string principal, string action) =>
        $$$$"""{"Effect":"{{{{effect}}}}","Principal":{"AWS":"{{{{principal}}}}"},"Action":"{{{{action}}}}","Resource":"*","Condition":{"{{{{operation}}}}":{"{{{{key}}}}":"{{{{value}}}}"}}}""";

    private static ApplicationCall Call() => new(App, ["vpce-0own"], [], new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero)) { RoleId = "AROAAPP" };

    private static KeyAccess Access(string statements, params KeyGrant[] grants) => KeyAccess.Of($$$$"""{"Statement":[{{{{statements}}}}]}""", grants, null);
}
