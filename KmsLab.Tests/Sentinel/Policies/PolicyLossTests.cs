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
        PolicyLoss.Compare(Access($"{Root},{AppMay},{AdminMay}"), Access(after), [App]).Select(loss => loss.ToString()).ShouldBe(losses, what);

    /// <summary>Putting an opened policy right takes from everyone, and from nobody who matters.</summary>
    [Theory]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}""")]
    [InlineData("""{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"111122223333"}}}""")]
    public void Shutting_everyone_out_again_takes_nothing_away(string opening)
    {
        PolicyLoss.Compare(Access($"{Root},{opening}"), Access(Root), [App]).ShouldBeEmpty();
        PolicyLoss.Compare(Access(opening), Access(Root), [App]).ShouldBeEmpty();
    }

    [Fact]
    public void Grant_that_is_gone_is_lost_unless_the_policy_allows_the_same()
    {
        KeyGrant[] grants = [new("g1", App, ["Decrypt"])];

        PolicyLoss.Compare(Access(Root, grants), Access(Root), [App]).ShouldHaveSingleItem().Operations.ShouldBe(["Decrypt"]);
        PolicyLoss.Compare(Access($"{Root},{AppMay}", grants), Access($"{Root},{AppMay}"), [App]).ShouldBeEmpty();
    }

    private static KeyAccess Access(string statements, params KeyGrant[] grants) => KeyAccess.Of($$$$"""{"Statement":[{{{{statements}}}}]}""", grants, null);
}
