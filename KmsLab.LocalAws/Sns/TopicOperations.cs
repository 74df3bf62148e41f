using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sns;

/// <summary>The operations on topics.</summary>
internal sealed class TopicOperations(SnsStore store)
{
    private const int PageSize = 100;
    private const int MaxTags = 50;

    private static readonly string[] Settable =
    [
        "DisplayName", "Policy", "DeliveryPolicy", "KmsMasterKeyId", "SignatureVersion", "TracingConfig", "DataProtectionPolicy",
        .. from protocol in (string[])["HTTP", "Application", "Lambda", "SQS", "Firehose"] from setting in (string[])["SuccessFeedbackRoleArn", "SuccessFeedbackSampleRate", "FailureFeedbackRoleArn"] select protocol + setting,
    ];

    public TopicArnAnswer CreateTopic(AwsCall call, CreateTopicRequest request)
    {
        var name = request.Name!;
        if (name.EndsWith(".fifo", StringComparison.Ordinal) || request.Attributes?.GetValueOrDefault("FifoTopic") == "true")
            throw SnsErrors.Invalid("KmsLab LocalAws serves no FIFO topics");
        if (name.Length is 0 or > 256 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
            throw SnsErrors.Invalid("Topic Name");
        var attributes = (request.Attributes ?? []).Where(a => a.Key != "FifoTopic").ToDictionary(a => Known(a.Key), a => a.Value);
        var tags = Tags(request.Tags, []);

        var arn = call.Scope.Arn("sns", name);
        call.AnswerAfter(store.ChangeTopic(arn, current =>
        {
            if (current is null)
                return new() { Arn = arn, Attributes = attributes, Tags = tags };
            if (attributes.Any(a => current.Attributes.GetValueOrDefault(a.Key) != a.Value))
                throw SnsErrors.Invalid("Attributes Reason: Topic already exists with different attributes");
            // Fewer tags than it has are fine, as long as they are the same.
            if (tags.Any(tag => current.Tags.GetValueOrDefault(tag.Key) != tag.Value))
                throw SnsErrors.Invalid("Tags Reason: Topic already exists with different tags");
            return current;
        }));
        return new() { TopicArn = arn };
    }

    public NoOutput DeleteTopic(AwsCall call, TopicArnRequest request)
    {
        // Deleting a topic that is not there is no error, as in AWS.
        CheckArn(call, request.TopicArn!);
        call.AnswerAfter(store.RemoveTopic(request.TopicArn!));
        return NoOutput.Instance;
    }

    public ListTopicsResponse ListTopics(AwsCall call, ListRequest request)
    {
        var topics = store.Topics(call.Scope);
        var (page, next) = Page(topics, request.NextToken);
        return new() { Topics = [.. page.Select(topic => new TopicArnAnswer { TopicArn = topic.Arn })], NextToken = next };
    }

    public AttributesResponse GetTopicAttributes(AwsCall call, TopicArnRequest request)
    {
        var topic = Find(call, request.TopicArn!);
        var subscriptions = store.Subscriptions(subscription => subscription.TopicArn == topic.Arn);
        Dictionary<string, string> attributes = new(topic.Attributes)
        {
            ["TopicArn"] = topic.Arn,
            ["Owner"] = call.Account,
            ["SubscriptionsConfirmed"] = Number(subscriptions.Count(subscription => subscription.Confirmed)),
            ["SubscriptionsPending"] = Number(subscriptions.Count(subscription => !subscription.Confirmed)),
            ["SubscriptionsDeleted"] = Number(topic.SubscriptionsDeleted),
            ["EffectiveDeliveryPolicy"] = """{"http":{"defaultHealthyRetryPolicy":{"minDelayTarget":20,"maxDelayTarget":20,"numRetries":3,"numMaxDelayRetries":0,"numNoDelayRetries":0,"numMinDelayRetries":0,"backoffFunction":"linear"},"disableSubscriptionOverrides":false,"defaultRequestPolicy":{"headerContentType":"text/plain; charset=UTF-8"}}}""",
        };
        attributes.TryAdd("DisplayName", "");
        attributes.TryAdd("Policy", DefaultPolicy(topic.Arn, call.Account));
        return new() { Attributes = attributes };
    }

    public NoOutput SetTopicAttributes(AwsCall call, SetTopicAttributesRequest request)
    {
        Find(call, request.TopicArn!);
        var name = Known(request.AttributeName!);
        Change(call, request.TopicArn!, topic => topic with { Attributes = new(topic.Attributes) { [name] = request.AttributeValue ?? "" } });
        return NoOutput.Instance;
    }

    public NoMembers TagResource(AwsCall call, TagResourceRequest request)
    {
        Change(call, request.ResourceArn!, topic => topic with { Tags = Tags(request.Tags, topic.Tags) });
        return NoMembers.Instance;
    }

    public NoMembers UntagResource(AwsCall call, UntagResourceRequest request)
    {
        Change(call, request.ResourceArn!, topic => topic with { Tags = topic.Tags.Where(tag => !request.TagKeys!.Contains(tag.Key)).ToDictionary() });
        return NoMembers.Instance;
    }

    public ListTagsForResourceResponse ListTagsForResource(AwsCall call, ListTagsForResourceRequest request)
    {
        var topic = store.Topic(request.ResourceArn!) ?? throw SnsErrors.ResourceNotFound();
        return new() { Tags = [.. topic.Tags.Select(tag => new Tag { Key = tag.Key, Value = tag.Value })] };
    }

    /// <summary>The topic of an ARN.</summary>
    /// <exception cref="AwsException">InvalidParameter: no topic's ARN in this Region; NotFound: no such topic.</exception>
    public TopicRecord Find(AwsCall call, string arn)
    {
        CheckArn(call, arn);
        return store.Topic(arn) ?? throw SnsErrors.NotFound("Topic");
    }

    /// <summary>Cuts a page of a hundred.</summary>
    public static (IEnumerable<T> Page, string? NextToken) Page<T>(List<T> items, string? token)
    {
        var offset = 0;
        if (token is not null && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out offset) || offset > 1_000_000_000))
            throw SnsErrors.Invalid("NextToken");
        return (items.Skip(offset).Take(PageSize), items.Count > offset + PageSize ? Number(offset + PageSize) : null);
    }

    private void Change(AwsCall call, string arn, Func<TopicRecord, TopicRecord> change) =>
        call.AnswerAfter(store.ChangeTopic(arn, topic => topic is null ? throw SnsErrors.ResourceNotFound() : change(topic)));

    private static void CheckArn(AwsCall call, string arn)
    {
        SnsErrors.CheckArn("TopicArn", arn);
        if (arn.Split(':').Length != 6 || SnsStore.ScopeOf(arn).Region != call.Region)
            throw SnsErrors.Invalid("TopicArn");
    }

    private static Dictionary<string, string> Tags(List<Tag>? added, Dictionary<string, string> old)
    {
        Dictionary<string, string> tags = new(old);
        foreach (var tag in added ?? [])
            tags[tag.Key!] = tag.Value!;
        return tags.Count <= MaxTags ? tags : throw SnsErrors.TooManyTags();
    }

    private static string Known(string attribute) => Settable.Contains(attribute) ? attribute : throw SnsErrors.Invalid("AttributeName");

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string DefaultPolicy(string arn, string account) => new JsonObject
    {
        ["Version"] = "2008-10-17",
        ["Id"] = "__default_policy_ID",
        ["Statement"] = new JsonArray(new JsonObject
        {
            ["Sid"] = "__default_statement_ID",
            ["Effect"] = "Allow",
            ["Principal"] = new JsonObject { ["AWS"] = "*" },
            ["Action"] = new JsonArray("SNS:GetTopicAttributes", "SNS:SetTopicAttributes", "SNS:AddPermission", "SNS:RemovePermission", "SNS:DeleteTopic", "SNS:Subscribe", "SNS:ListSubscriptionsByTopic", "SNS:Publish"),
            ["Resource"] = arn,
            ["Condition"] = new JsonObject { ["StringEquals"] = new JsonObject { ["AWS:SourceOwner"] = account } },
        }),
    }.ToJsonString();
}
