using System.Globalization;
using System.Text.Json.Nodes;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>The operations on queues.</summary>
internal sealed class QueueOperations(QueueStore queues, QueueFinder finder, StateStore store, TimeProvider time)
{
    private const int PageSize = 1000;
    private const int MaxTags = 50;

    public QueueUrlAnswer CreateQueue(AwsCall call, CreateQueueRequest request)
    {
        var name = request.QueueName!;
        var attributes = request.Attributes ?? [];
        if (name.EndsWith(".fifo", StringComparison.Ordinal) || attributes.GetValueOrDefault("FifoQueue") == "true")
            throw SqsErrors.Unsupported("KmsLab LocalAws serves no FIFO queues.");
        if (name.Length is 0 or > 80 || name.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not '-' and not '_'))
            throw SqsErrors.InvalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
        Check(call, name, attributes);

        call.AnswerAfter(queues.Change(call.Scope, name, old => old is null
            ? new() { Name = name, Key = Guid.NewGuid().ToString("N"), Created = call.Time, Modified = call.Time, Attributes = WithoutEmpty(attributes), Tags = Tagged([], request.Tags) }
            : Same(old, attributes)));
        return new() { QueueUrl = QueueFinder.Url(call, queues.Find(call.Scope.Arn("sqs", name))!) };
    }

    public NoOutput DeleteQueue(AwsCall call, QueueUrlRequest request)
    {
        call.AnswerAfter(queues.Remove(finder.Find(call, request.QueueUrl!)));
        return NoOutput.Instance;
    }

    public QueueUrlAnswer GetQueueUrl(AwsCall call, GetQueueUrlRequest request)
    {
        var scope = request.QueueOwnerAWSAccountId is { Length: > 0 } owner ? new(owner, call.Region) : call.Scope;
        return new() { QueueUrl = QueueFinder.Url(call, queues.Find(scope.Arn("sqs", request.QueueName!)) ?? throw SqsErrors.NoQueue()) };
    }

    public ListQueuesResponse ListQueues(AwsCall call, ListQueuesRequest request)
    {
        var found = queues.List(queue => queue.Scope == call.Scope && queue.Record.Name.StartsWith(request.QueueNamePrefix ?? "", StringComparison.Ordinal));
        var (page, next) = Page(found, request.MaxResults, request.NextToken);
        return new() { QueueUrls = page.Count == 0 ? null : page.ConvertAll(queue => QueueFinder.Url(call, queue)), NextToken = next };
    }

    public ListDeadLetterSourceQueuesResponse ListDeadLetterSourceQueues(AwsCall call, ListDeadLetterSourceQueuesRequest request)
    {
        var target = finder.Find(call, request.QueueUrl!);
        var (page, next) = Page(queues.List(queue => queue.Redrive?.TargetArn == target.Arn), request.MaxResults, request.NextToken);
        return new() { QueueUrls = page.ConvertAll(queue => QueueFinder.Url(call, queue)), NextToken = next };
    }

    public async ValueTask<GetQueueAttributesResponse> GetQueueAttributes(AwsCall call, GetQueueAttributesRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        if (request.AttributeNames is not { Count: > 0 } names)
            return new();
        var counts = await store.WriteAsync(session => MessageTable.Count(session, queue, time.GetUtcNow()));
        return new() { Attributes = QueueAttributes.Select(queue, names, counts) };
    }

    public NoOutput SetQueueAttributes(AwsCall call, SetQueueAttributesRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        Check(call, queue.Record.Name, request.Attributes!);
        return Change(call, queue, old =>
        {
            Dictionary<string, string> attributes = new(old.Attributes);
            foreach (var (name, value) in request.Attributes!)
                attributes[name] = value;
            return old with { Attributes = WithoutEmpty(attributes), Modified = call.Time };
        });
    }

    public NoOutput PurgeQueue(AwsCall call, QueueUrlRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        call.Write(session => MessageTable.Purge(session, queue.Key));
        return NoOutput.Instance;
    }

    public NoOutput AddPermission(AwsCall call, AddPermissionRequest request)
    {
        var queue = finder.Find(call, request.QueueUrl!);
        return ChangePolicy(call, queue, statements =>
        {
            if (statements.Any(statement => (string?)statement?["Sid"] == request.Label))
                throw SqsErrors.InvalidParameter($"Value {request.Label} for parameter Label is invalid. Reason: Already exists.");
            statements.Add(new JsonObject
            {
                ["Sid"] = request.Label,
                ["Effect"] = "Allow",
                ["Principal"] = new JsonObject { ["AWS"] = OneOrMany(request.AWSAccountIds!.Select(account => call.Scope.IamArn("root").Replace(call.Account, account, StringComparison.Ordinal))) },
                ["Action"] = OneOrMany(request.Actions!.Select(action => $"SQS:{action}")),
                ["Resource"] = queue.Arn,
            });
        });
    }

    public NoOutput RemovePermission(AwsCall call, RemovePermissionRequest request) => ChangePolicy(call, finder.Find(call, request.QueueUrl!), statements =>
    {
        if (statements.FirstOrDefault(statement => (string?)statement?["Sid"] == request.Label) is not { } statement)
            throw SqsErrors.InvalidParameter($"Value {request.Label} for parameter Label is invalid. Reason: can't find label on existing policy.");
        statements.Remove(statement);
    });

    public NoOutput TagQueue(AwsCall call, TagQueueRequest request) =>
        Change(call, finder.Find(call, request.QueueUrl!), old => old with { Tags = Tagged(old.Tags, request.Tags) });

    public NoOutput UntagQueue(AwsCall call, UntagQueueRequest request) =>
        Change(call, finder.Find(call, request.QueueUrl!), old => old with { Tags = old.Tags.Where(tag => !request.TagKeys!.Contains(tag.Key)).ToDictionary() });

    public ListQueueTagsResponse ListQueueTags(AwsCall call, QueueUrlRequest request) =>
        new() { Tags = finder.Find(call, request.QueueUrl!).Record.Tags is { Count: > 0 } tags ? tags : null };

    private void Check(AwsCall call, string name, Dictionary<string, string> attributes)
    {
        QueueAttributes.Check(attributes);
        if (attributes.GetValueOrDefault("RedrivePolicy") is not { Length: > 0 } text)
            return;
        var policy = RedrivePolicy.Parse(text);
        if (queues.Find(policy.TargetArn) is not { } target || target.Scope != call.Scope || target.Record.Name == name)
            throw RedrivePolicy.Invalid(text, "Dead letter target does not exist.");
    }

    private static QueueRecord Same(QueueRecord old, Dictionary<string, string> attributes)
    {
        foreach (var (name, value) in attributes)
        {
            if ((old.Attributes.GetValueOrDefault(name) ?? QueueAttributes.Defaults.GetValueOrDefault(name) ?? "") != value)
                throw SqsErrors.QueueExists(name);
        }

        return old;
    }

    private NoOutput ChangePolicy(AwsCall call, Queue queue, Action<JsonArray> change) => Change(call, queue, old =>
    {
        var policy = old.Attributes.GetValueOrDefault("Policy") is { } text
            ? JsonNode.Parse(text)!.AsObject()
            : new JsonObject { ["Version"] = "2008-10-17", ["Id"] = $"{queue.Arn}/SQSDefaultPolicy", ["Statement"] = new JsonArray() };
        if (policy["Statement"] is not JsonArray statements)
        {
            var only = policy["Statement"];
            policy["Statement"] = statements = [];
            if (only is not null)
                statements.Add(only.DeepClone());
        }

        if (statements.Any(statement => statement is not JsonObject || statement["Sid"] is not (null or JsonValue)))
            throw SqsErrors.InvalidAttributeValue("Policy");
        change(statements);
        var attributes = new Dictionary<string, string>(old.Attributes) { ["Policy"] = policy.ToJsonString() };
        if (statements.Count == 0)
            attributes.Remove("Policy");
        return old with { Attributes = attributes, Modified = call.Time };
    });

    private NoOutput Change(AwsCall call, Queue queue, Func<QueueRecord, QueueRecord> change)
    {
        call.AnswerAfter(queues.Change(queue.Scope, queue.Record.Name, old => old is null ? throw SqsErrors.NoQueue() : change(old)));
        return NoOutput.Instance;
    }

    private static Dictionary<string, string> Tagged(Dictionary<string, string> old, Dictionary<string, string>? added)
    {
        Dictionary<string, string> tags = new(old);
        foreach (var (key, value) in added ?? [])
        {
            if (key.Length is 0 or > 128 || value.Length > 256)
                throw SqsErrors.InvalidParameter($"Tag keys must be between 1 and 128 characters in length.");
            tags[key] = value;
        }

        return tags.Count <= MaxTags ? tags : throw SqsErrors.InvalidParameter($"Too many tags added for queue.");
    }

    private static Dictionary<string, string> WithoutEmpty(Dictionary<string, string> attributes) => attributes.Where(attribute => attribute.Value.Length > 0).ToDictionary();

    private static JsonNode OneOrMany(IEnumerable<string> texts) =>
        texts.ToList() is { Count: 1 } one ? JsonValue.Create(one[0]) : new JsonArray([.. texts.Select(text => (JsonNode)text)]);

    private static (List<Queue> Page, string? Next) Page(List<Queue> found, int? max, string? token)
    {
        if (max is < 1 or > PageSize)
            throw SqsErrors.InvalidParameter($"Value for parameter MaxResults is invalid. Reason: MaxResults must be an integer between 1 and {PageSize}.");
        var offset = 0;
        if (token is not null && (!int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out offset) || offset > 1_000_000_000))
            throw SqsErrors.InvalidParameter("Invalid or expired next token.");
        var size = max ?? PageSize;
        var page = found.Skip(offset).Take(size).ToList();
        // Without MaxResults there is no token: the thousandth is the last.
        return (page, max is not null && found.Count > offset + size ? (offset + size).ToString(CultureInfo.InvariantCulture) : null);
    }
}
