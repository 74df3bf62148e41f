using System.Security.Cryptography;
using System.Text;
using KmsLab.CloudTrail.Writing;

namespace KmsLab.LocalAws.Access;

/// <summary>Who is behind an access key.</summary>
internal sealed class Principal
{
    /// <summary>The access key that stands for none, in an unsigned call.</summary>
    public const string AnonymousKeyId = "anonymous";

    private Principal(string accessKeyId, string arn, string userId, string account, RecordedIdentity identity)
    {
        AccessKeyId = accessKeyId;
        Arn = arn;
        UserId = userId;
        Account = account;
        Identity = identity;
    }

    public string AccessKeyId { get; }

    /// <summary>The caller's ARN: a user's, or a role session's.</summary>
    public string Arn { get; }

    /// <summary>The unique id that STS and CloudTrail show: <c>AIDA...</c>, or <c>AROA...:session</c>.</summary>
    public string UserId { get; }

    public string Account { get; }

    /// <summary>Its <c>userIdentity</c> on the trail.</summary>
    public RecordedIdentity Identity { get; }

    /// <summary>True for the caller of an unsigned call.</summary>
    public bool IsAnonymous => AccessKeyId == AnonymousKeyId;

    /// <summary>The name that LookupEvents files its calls under.</summary>
    public string Name => Identity.UserName ?? Arn[(Arn.LastIndexOf('/') + 1)..];

    /// <summary>The role behind a session; otherwise the caller itself.</summary>
    public string StableArn => Identity.SessionIssuer?.Arn ?? Arn;

    /// <summary>The same caller, on whose behalf an AWS service makes the call.</summary>
    /// <param name="service">The service, such as <c>s3.amazonaws.com</c>.</param>
    public Principal InvokedBy(string service) => Changed(Identity.SessionCreated, Identity.MfaAuthenticated, service);

    /// <summary>The same caller with temporary credentials.</summary>
    /// <param name="created">When its session began.</param>
    /// <param name="hasMfa">True where it proved a second factor.</param>
    public Principal InSession(DateTimeOffset created, bool hasMfa) => Changed(created, hasMfa, Identity.InvokedBy);

    private Principal Changed(DateTimeOffset? created, bool hasMfa, string? invokedBy) => new(AccessKeyId, Arn, UserId, Account, new()
    {
        Type = Identity.Type,
        PrincipalId = Identity.PrincipalId,
        Arn = Identity.Arn,
        AccountId = Identity.AccountId,
        AccessKeyId = Identity.AccessKeyId,
        UserName = Identity.UserName,
        SessionIssuer = Identity.SessionIssuer,
        SessionCreated = created,
        MfaAuthenticated = hasMfa,
        InvokedBy = invokedBy,
    });

    /// <summary>A principal by its ARN.</summary>
    /// <param name="accessKeyId">The key that signs its calls.</param>
    /// <param name="arn">A user, a role session, or an account's root.</param>
    /// <param name="sessionCreated">When a session began.</param>
    /// <exception cref="FormatException">The ARN is of none of these.</exception>
    public static Principal FromArn(string accessKeyId, string arn, DateTimeOffset sessionCreated)
    {
        var parts = arn.Split(':', 6);
        if (parts is not ["arn", _, _, "", { Length: 12 } account, { } resource])
            throw new FormatException($"'{arn}' is not the ARN of an IAM user or of a role session.");

        return (parts[2], resource.Split('/')) switch
        {
            ("iam", ["root"]) => new(accessKeyId, arn, account, account, new() { Type = "Root", PrincipalId = account, Arn = arn, AccountId = account, AccessKeyId = accessKeyId }),
            ("iam", ["user", .., { Length: > 0 } name]) => User(accessKeyId, arn, account, name),
            ("sts", ["assumed-role", { Length: > 0 } role, { Length: > 0 } session]) => Session(accessKeyId, arn, account, $"arn:{parts[1]}:iam::{account}:role/{role}", role, session, sessionCreated),
            ("sts", ["federated-user", { Length: > 0 } name]) => new(
                accessKeyId, arn, $"{account}:{name}", account,
                new() { Type = "FederatedUser", PrincipalId = $"{account}:{name}", Arn = arn, AccountId = account, AccessKeyId = accessKeyId }),
            _ => throw new FormatException($"'{arn}' is not the ARN of an IAM user or of a role session."),
        };
    }

    /// <summary>A session of a role.</summary>
    public static Principal Session(string accessKeyId, string arn, string account, string roleArn, string role, string session, DateTimeOffset created)
    {
        var roleId = UniqueId("AROA", roleArn);
        var userId = $"{roleId}:{session}";
        return new(accessKeyId, arn, userId, account, new()
        {
            Type = "AssumedRole",
            PrincipalId = userId,
            Arn = arn,
            AccountId = account,
            AccessKeyId = accessKeyId,
            SessionIssuer = new(roleId, roleArn, account, role),
            SessionCreated = created,
        });
    }

    /// <summary>An id of AWS's form that is always the same for the same name: IAM's are random, but the lab's must survive a lost state file.</summary>
    public static string UniqueId(string prefix, string name)
    {
        const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name));
        return string.Create(21, (prefix, hash), static (id, state) =>
        {
            state.prefix.CopyTo(id);
            for (var i = state.prefix.Length; i < id.Length; i++)
                id[i] = Alphabet[state.hash[i] & 31];
        });
    }

    private static Principal User(string accessKeyId, string arn, string account, string name)
    {
        var userId = UniqueId("AIDA", arn);
        return new(accessKeyId, arn, userId, account, new()
        {
            Type = "IAMUser",
            PrincipalId = userId,
            Arn = arn,
            AccountId = account,
            AccessKeyId = accessKeyId,
            UserName = name,
        });
    }
}
