using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Finds the queue of a call, and writes the URLs by which calls name queues.</summary>
internal sealed class QueueFinder(QueueStore queues)
{
    /// <summary>The queue of a URL: the account and name at its end count, the host doesn't.</summary>
    /// <exception cref="AwsException">QueueDoesNotExist; AccessDenied: it is another account's, and has no policy, which would let others in.</exception>
    public Queue Find(AwsCall call, string url)
    {
        var queue = queues.Find(Arn(call, url)) ?? throw SqsErrors.NoQueue();
        return queue.Scope.Account == call.Account || queue.Record.Attributes.ContainsKey("Policy")
            ? queue
            : throw new AwsException(
                "AccessDeniedException",
                $"User: {call.Caller.Arn} is not authorized to perform: sqs:{call.Operation.Name.ToLowerInvariant()} on resource: {queue.Arn} because no resource-based policy allows the sqs:{call.Operation.Name.ToLowerInvariant()} action",
                StatusCodes.Status403Forbidden)
            { QueryCode = "AccessDenied" };
    }

    /// <summary>The queue's URL, at the host by which the caller reached the endpoint.</summary>
    public static string Url(AwsCall call, Queue queue) =>
        $"{(call.Tls is null ? "http" : "https")}://{call.Host ?? "localhost"}/{queue.Scope.Account}/{queue.Record.Name}";

    // Old clients name a queue by its bare name as well.
    private static string Arn(AwsCall call, string url)
    {
        var parts = url.TrimEnd('/').Split('/');
        var account = parts.Length > 1 && parts[^2].Length > 0 ? parts[^2] : call.Account;
        return new RegionScope(account, call.Region).Arn("sqs", parts[^1]);
    }
}
