using System.Net;
using System.Text.Json;
using System.Xml.Linq;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>The operations on buckets and their settings.</summary>
internal sealed class BucketOperations(BucketStore buckets, EventNotifier notifier)
{
    private const int MaxBuckets = 10_000;
    private const string Lifecycle = "lifecycle";
    private const string SmallestSize = "x-amz-transition-default-minimum-object-size";
    private const string EverySize = "all_storage_classes_128K";
    private const string Default = "us-east-1";

    public Task<S3Answer> ListBuckets(S3Call call)
    {
        var (prefix, region, after) = (call.Parameter("prefix") ?? "", call.Parameter("bucket-region"), call.Parameter("continuation-token") ?? "");
        var max = call.Request.Number("max-buckets", 1, MaxBuckets) ?? MaxBuckets;
        var found = buckets.All().Where(bucket =>
            bucket.Account == call.Call.Account && bucket.Name.StartsWith(prefix, StringComparison.Ordinal) && (region is null || bucket.Region == region) && string.CompareOrdinal(bucket.Name, after) > 0).ToList();
        var page = found.Take(max).ToList();
        return Task.FromResult(S3Answer.Of(
            "ListAllMyBucketsResult",
            S3Answer.Element("Owner", S3Answer.Value("ID", S3Call.OwnerId(call.Call.Account))),
            S3Answer.Element("Buckets", page.Select(bucket => S3Answer.Element(
                "Bucket", S3Answer.Value("Name", bucket.Name), S3Answer.Value("CreationDate", S3Answer.Instant(bucket.Record.Created.ToUnixTimeMilliseconds())),
                S3Answer.Value("BucketRegion", bucket.Region), S3Answer.Value("BucketArn", bucket.Arn)))),
            found.Count > page.Count ? S3Answer.Value("ContinuationToken", page[^1].Name) : null,
            prefix.Length == 0 ? null : S3Answer.Value("Prefix", prefix)));
    }

    public async Task<S3Answer> CreateBucket(S3Call call)
    {
        var name = call.Request.Bucket!;
        if (call.Header("x-amz-acl") is { } acl && acl != "private" && call.Header("x-amz-object-ownership") is null or "BucketOwnerEnforced")
            throw new AwsException("InvalidBucketAclWithObjectOwnership", "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting");
        var asked = await LocationAsync(call);
        if (asked is not null && asked != call.Call.Region && call.Call.Region != Default)
            throw new AwsException("IllegalLocationConstraintException", $"The {asked} location constraint is incompatible for the region specific endpoint this request was sent to.");
        CheckName(name);
        var hasLock = S3Text.IsTrue(call.Header("x-amz-bucket-object-lock-enabled"));
        Dictionary<string, string> settings = [];
        if (hasLock)
        {
            settings["versioning"] = S3Answer.Element("VersioningConfiguration", S3Answer.Value("Status", "Enabled")).ToString(SaveOptions.DisableFormatting);
            settings["object-lock"] = S3Answer.Element("ObjectLockConfiguration", S3Answer.Value("ObjectLockEnabled", "Enabled")).ToString(SaveOptions.DisableFormatting);
        }

        if (call.Header("x-amz-object-ownership") is { } ownership)
            settings["ownershipControls"] = S3Answer.Element("OwnershipControls", S3Answer.Element("Rule", S3Answer.Value("ObjectOwnership", ownership))).ToString(SaveOptions.DisableFormatting);
        var region = asked ?? call.Call.Region;
        var added = buckets.TryAdd(
            new(call.Call.Account, region), new() { Name = name, Key = Guid.NewGuid().ToString("N"), Created = call.Call.Time, HasObjectLock = hasLock, Settings = settings });
        if (added is null)
        {
            // In its oldest Region S3 takes one's own bucket for made.
            if (buckets.Find(name) is not { } existing || existing.Account != call.Call.Account)
                throw new AwsException("BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.", 409);
            if (existing.Region != Default || region != Default)
                throw new AwsException("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", 409);
        }
        else
        {
            call.Call.AnswerAfter(added);
        }

        return new S3Answer().With("Location", region == Default ? $"/{name}" : $"http://{name}.s3.amazonaws.com/").With("x-amz-bucket-arn", buckets.Find(name)?.Arn);
    }

    public static Task<S3Answer> HeadBucket(S3Call call) => Task.FromResult(
        new S3Answer().With("x-amz-bucket-region", call.Bucket.Region).With("x-amz-access-point-alias", "false").With("x-amz-bucket-arn", call.Bucket.Arn).With("Content-Type", "application/xml"));

    public async Task<S3Answer> DeleteBucket(S3Call call) => await buckets.TryRemoveAsync(call.Bucket)
        ? S3Answer.NoContent()
        : throw new AwsException("BucketNotEmpty", call.Bucket.Versioning is null ? "The bucket you tried to delete is not empty" : "The bucket you tried to delete is not empty. You must delete all versions in the bucket.", 409);

    public static Task<S3Answer> GetBucketLocation(S3Call call) => Task.FromResult(new S3Answer
    {
        Xml = new XElement(S3Answer.Namespace + "LocationConstraint", call.Bucket.Region == Default ? null : call.Bucket.Region),
    });

    public static Task<S3Answer> GetBucketAcl(S3Call call) => Task.FromResult(OwnersAcl(call.Bucket.Account));

    public static Task<S3Answer> PutBucketAcl(S3Call call)
    {
        _ = call.Bucket;
        return call.Header("x-amz-acl") == "private" ? Task.FromResult(new S3Answer()) : throw S3Error.NoAcls();
    }

    public static Task<S3Answer> GetBucketPolicy(S3Call call) => Task.FromResult(new S3Answer
    {
        Text = call.Bucket.Record.Settings.GetValueOrDefault("policy") is { Length: > 0 } policy ? policy : throw new AwsException("NoSuchBucketPolicy", "The bucket policy does not exist", 404),
    });

    public async Task<S3Answer> PutBucketPolicy(S3Call call)
    {
        var policy = await S3Xml.ReadTextAsync(call);
        CheckPolicy(policy, call.Bucket);
        call.Policy = policy;
        Set(call, "policy", policy);
        return S3Answer.NoContent();
    }

    public Task<S3Answer> DeleteBucketPolicy(S3Call call)
    {
        Set(call, "policy", "");
        return Task.FromResult(S3Answer.NoContent());
    }

    public static Task<S3Answer> GetBucketPolicyStatus(S3Call call) => call.Bucket.Record.Settings.GetValueOrDefault("policy") is { Length: > 0 }
        ? Task.FromResult(S3Answer.Of("PolicyStatus", S3Answer.Value("IsPublic", "false")))
        : throw new AwsException("NoSuchBucketPolicy", "The bucket policy does not exist", 404);

    public static Task<S3Answer> Get(S3Call call, BucketSetting setting)
    {
        var isSet = call.Bucket.Record.Settings.TryGetValue(setting.Query, out var text);
        if (isSet && text!.Length > 0)
            return Task.FromResult(WithSmallestSize(call.Bucket, setting, new S3Answer { Xml = XElement.Parse(text, LoadOptions.PreserveWhitespace) }));
        if (setting.Otherwise is { } otherwise && (!isSet || setting.Missing is null))
            return Task.FromResult(new S3Answer { Xml = XElement.Parse($"<{setting.Root} xmlns=\"{S3Answer.Namespace}\">{otherwise}</{setting.Root}>") });
        throw new AwsException(setting.Missing!.Value.Code, setting.Missing.Value.Message, 404);
    }

    public async Task<S3Answer> Put(S3Call call, BucketSetting setting)
    {
        var bucket = call.Bucket;
        var configuration = await S3Xml.ReadAsync(call, setting.Root);
        setting.Check(configuration, bucket);
        if (setting.Query == "notification")
            await TestTargetsAsync(call, configuration);
        if (setting.Query == Lifecycle)
            Set(call, SmallestSize, SmallestSizeOf(call));
        Set(call, setting.Query, configuration.ToString(SaveOptions.DisableFormatting), setting.Query == "object-lock");
        return WithSmallestSize(call.Buckets.Find(bucket.Name) ?? bucket, setting, new(setting.PutStatus));
    }

    private static string SmallestSizeOf(S3Call call) => call.Header(SmallestSize) switch
    {
        null => EverySize,
        { } asked and (EverySize or "varies_by_storage_class") => asked,
        _ => throw S3Error.InvalidRequest("The value of the TransitionDefaultMinimumObjectSize header is not valid."),
    };

    // From which size objects change their class; as nothing does here, it is shown with the configuration.
    private static S3Answer WithSmallestSize(Bucket bucket, BucketSetting setting, S3Answer answer) =>
        setting.Query == Lifecycle ? answer.With(SmallestSize, bucket.Record.Settings.GetValueOrDefault(SmallestSize, EverySize)) : answer;

    public Task<S3Answer> Delete(S3Call call, BucketSetting setting)
    {
        Set(call, setting.Query, "");
        return Task.FromResult(S3Answer.NoContent());
    }

    /// <summary>The only list that there is where objects belong to the bucket's owner.</summary>
    public static S3Answer OwnersAcl(string account)
    {
        XNamespace xsi = "http://www.w3.org/2001/XMLSchema-instance";
        var id = S3Answer.Value("ID", S3Call.OwnerId(account));
        return S3Answer.Of(
            "AccessControlPolicy", S3Answer.Element("Owner", id),
            S3Answer.Element("AccessControlList", S3Answer.Element(
                "Grant", new XElement(S3Answer.Namespace + "Grantee", new XAttribute(XNamespace.Xmlns + "xsi", xsi.NamespaceName), new XAttribute(xsi + "type", "CanonicalUser"), new XElement(id)), S3Answer.Value("Permission", "FULL_CONTROL"))));
    }

    private async Task TestTargetsAsync(S3Call call, XElement configuration)
    {
        var isUnchecked = S3Text.IsTrue(call.Header("x-amz-skip-destination-validation"));
        // What was told before needs no test again.
        var known = call.Bucket.Notifications.Select(target => target.Arn).ToHashSet();
        foreach (var target in NotificationTarget.Read(configuration))
        {
            if (isUnchecked)
                continue;
            if (!notifier.Exists(target))
                throw S3Error.InvalidArgument("Unable to validate the following destination configurations");
            if (known.Add(target.Arn))
                await notifier.TestAsync(call.Bucket, target, call.Call.RequestId);
        }
    }

    private void Set(S3Call call, string name, string value, bool locks = false) => call.Call.AnswerAfter(buckets.Change(call.Bucket.Name, bucket =>
        bucket.Record with { HasObjectLock = bucket.Record.HasObjectLock || locks, Settings = new(bucket.Record.Settings) { [name] = value } }));

    private static async Task<string?> LocationAsync(S3Call call)
    {
        if (call.Request.Http.Request.ContentLength is null or 0)
            return null;
        var configuration = await S3Xml.ReadAsync(call, "CreateBucketConfiguration");
        if (configuration.Elements().FirstOrDefault(element => element.Name.LocalName != "LocationConstraint") is { } other)
            throw S3Error.NotServed($"{other.Name.LocalName}: KmsLab LocalAws has general purpose buckets, and tags them by PutBucketTagging.");
        return S3Xml.Text(configuration, "LocationConstraint") switch
        {
            null or "" => null,
            "EU" => "eu-west-1",
            { Length: <= 32 } region when region.All(c => char.IsAsciiLetterOrDigit(c) || c == '-') && region != Default => region,
            _ => throw new AwsException("InvalidLocationConstraint", "The specified location-constraint is not valid"),
        };
    }

    private static void CheckName(string name)
    {
        if (name.Length is < 3 or > 63 || name.Any(c => !char.IsAsciiDigit(c) && !char.IsAsciiLetterLower(c) && c is not '-' and not '.')
            || !char.IsAsciiLetterOrDigit(name[0]) || !char.IsAsciiLetterOrDigit(name[^1]) || name.Contains("..", StringComparison.Ordinal)
            || (name.Count(c => c == '.') == 3 && IPAddress.TryParse(name, out _)) || name.StartsWith("xn--", StringComparison.Ordinal) || name.EndsWith("-s3alias", StringComparison.Ordinal))
            throw new AwsException("InvalidBucketName", "The specified bucket is not valid.");
    }

    private static void CheckPolicy(string policy, Bucket bucket)
    {
        try
        {
            using var json = JsonDocument.Parse(policy);
            if (json.RootElement.ValueKind != JsonValueKind.Object || !json.RootElement.TryGetProperty("Statement", out var statements))
                throw new AwsException("MalformedPolicy", "Missing required field Statement");
            foreach (var statement in statements.ValueKind == JsonValueKind.Array ? [.. statements.EnumerateArray()] : (JsonElement[])[statements])
            {
                if (statement.ValueKind != JsonValueKind.Object || !statement.TryGetProperty("Resource", out var resource) && !statement.TryGetProperty("NotResource", out resource))
                    throw new AwsException("MalformedPolicy", "Missing required field Resource");
                if (!resource.ToString().Contains(bucket.Name, StringComparison.Ordinal) && !resource.ToString().Contains('*', StringComparison.Ordinal))
                    throw new AwsException("MalformedPolicy", "Policy has invalid resource");
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new AwsException("MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'");
        }
    }
}
