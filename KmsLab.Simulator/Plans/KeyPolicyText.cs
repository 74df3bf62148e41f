namespace KmsLab.Simulator.Plans;

/// <summary>Key policies.</summary>
internal static class KeyPolicyText
{
    /// <summary>KMS's own default for an account, opened to another one where that is given.</summary>
    /// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html</remarks>
    /// <param name="account">The account.</param>
    /// <param name="openTo">The other account, or null.</param>
    /// <param name="form">What else is in it.</param>
    /// <param name="role">The ARN of the application's role.</param>
    public static string For(string account, string? openTo, PolicyForm form = PolicyForm.AsItWas, string role = "")
    {
        var opened = openTo is null
            ? ""
            : $$""",{"Sid":"Maintenance","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{openTo}}:root"},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"}""";
        return $$"""{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{account}}:root"},"Action":"kms:*","Resource":"*"}{{opened}}{{Denials(account, form, role)}}]}""";
    }

    /// <summary>A decoy names another key, or asks for what no call has.</summary>
    private static string Denials(string account, PolicyForm form, string role) => form switch
    {
        PolicyForm.Decoys => $$""","""
            + $$"""{"Sid":"NobodyElse","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"arn:aws:kms:*:{{account}}:key/00000000-0000-0000-0000-000000000000"},"""
            + """{"Sid":"OnlyOurNetwork","Effect":"Deny","Principal":"*","Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-00000000000000000"}}}""",
        PolicyForm.LockOut => $$""",{"Sid":"Maintenance","Effect":"Deny","Principal":{"AWS":"{{role}}"},"Action":["kms:Decrypt","kms:Encrypt"],"Resource":"*"}""",
        _ => "",
    };
}
