using System.Collections.Frozen;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>The keys behind <c>alias/aws/...</c>: AWS makes one when somebody first asks for it.</summary>
/// <remarks>https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html: a predefined alias without a key gets one.</remarks>
internal sealed class AwsManagedKeys(TimeProvider time)
{
    private const string Prefix = "alias/aws/";

    private static readonly FrozenDictionary<string, string> Descriptions = new Dictionary<string, string>
    {
        ["acm"] = "Default key that protects my ACM private keys when no other key is defined",
        ["backup"] = "Default key that protects my Backup data when no other key is defined",
        ["dynamodb"] = "Default key that protects my DynamoDB data when no other key is defined",
        ["ebs"] = "Default key that protects my EBS volumes when no other key is defined",
        ["elasticfilesystem"] = "Default key that protects my EFS filesystems when no other key is defined",
        ["es"] = "Default key that protects my Elasticsearch data when no other key is defined",
        ["glue"] = "Default key that protects my Glue data when no other key is defined",
        ["kinesis"] = "Default key that protects my Kinesis data when no other key is defined",
        ["lambda"] = "Default key that protects my Lambda functions when no other key is defined",
        ["rds"] = "Default key that protects my RDS database volumes when no other key is defined",
        ["redshift"] = "Default key that protects my Redshift clusters when no other key is defined",
        ["s3"] = "Default key that protects my S3 objects when no other key is defined",
        ["secretsmanager"] = "Default key that protects my Secrets Manager data when no other key is defined",
        ["sns"] = "Default key that protects my SNS data when no other key is defined",
        ["sqs"] = "Default key that protects my SQS messages when no other key is defined",
        ["ssm"] = "Default key that protects my SSM parameters when no other key is defined",
        ["xray"] = "Default key that protects my X-Ray data when no other key is defined",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The key behind a predefined alias, made now if there was none; null when AWS predefines no such alias.</summary>
    public KmsKey? Find(AwsCall call, Keyring ring, string alias)
    {
        if (!alias.StartsWith(Prefix, StringComparison.Ordinal) || !Descriptions.TryGetValue(alias[Prefix.Length..], out var description))
            return null;

        return ring.Change(() => ring.Aliases.TryGetValue(alias, out var known) ? ring.Keys[known.KeyId] : Create(call, ring, alias, description));
    }

    private KmsKey Create(AwsCall call, Keyring ring, string alias, string description)
    {
        var now = time.GetUtcNow();
        var key = new KmsKey
        {
            Id = Guid.NewGuid().ToString(),
            Account = ring.Scope.Account,
            Region = ring.Scope.Region,
            Created = now,
            Description = description,
            IsAwsManaged = true,
            Policy = KeyPolicies.Default(ring.Scope),
            Materials = [KeyMaterial.Create(now, null)],
            RotationPeriodInDays = KeyRotations.DefaultPeriodInDays,
            NextRotation = now.AddDays(KeyRotations.DefaultPeriodInDays),
        };
        ring.Save(call, key);
        ring.Save(call, new KmsAlias(alias, key.Id, now, now));
        return key;
    }
}
