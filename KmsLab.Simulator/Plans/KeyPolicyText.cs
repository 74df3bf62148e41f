namespace KmsLab.Simulator.Plans;

/// <summary>Key policies.</summary>
internal static class KeyPolicyText
{
    /// <summary>KMS's own default for an account, opened to another one where that is given.</summary>
    /// <remarks>https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html</remarks>
    public static string For(string account, string? openTo)
    {
        var opened = openTo is null
            ? ""
            : $$""",{"Sid":"Maintenance","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{openTo}}:root"},"Action":["kms:Decrypt","kms:DescribeKey"],"Resource":"*"}""";
        return $$"""{"Version":"2012-10-17","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::{{account}}:root"},"Action":"kms:*","Resource":"*"}{{opened}}]}""";
    }
}
