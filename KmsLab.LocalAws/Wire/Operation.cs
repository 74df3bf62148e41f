using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>An operation of a service: its name, its shapes, what it does, and what CloudTrail writes about it.</summary>
internal abstract class Operation(string name, OnTrail onTrail, Func<JsonTypeInfo> request, Func<JsonTypeInfo> response, bool hasNoOutput)
{
    public string Name { get; } = name;

    /// <summary>Its name on CloudTrail, which differs for some of S3's.</summary>
    public string EventName { get; init; } = name;

    /// <summary>Its name as IAM writes it, which differs for some of S3's.</summary>
    public string Action { get; init; } = name;

    public OnTrail OnTrail { get; } = onTrail;

    /// <summary>The request's wire contract: every protocol reads by it.</summary>
    public JsonTypeInfo Request => field ??= request();

    /// <summary>The response's wire contract: every protocol writes by it.</summary>
    public JsonTypeInfo Response => field ??= response();

    /// <summary>The request's members with their constraints and their place on the record. Made when the operation is first called: all of them would double the time to start.</summary>
    public Shape RequestShape => field ??= Shape.Of(Request);

    public Shape ResponseShape => field ??= Shape.Of(Response);

    /// <summary>True for an operation without output: AWS JSON answers it with an empty body.</summary>
    public bool HasNoOutput { get; } = hasNoOutput;

    public abstract ValueTask<object> InvokeAsync(AwsCall call, object request);
}

/// <inheritdoc/>
internal sealed class Operation<TRequest, TResponse>(
    string name,
    OnTrail onTrail,
    Func<JsonTypeInfo<TRequest>> request,
    Func<JsonTypeInfo<TResponse>> response,
    Func<AwsCall, TRequest, ValueTask<TResponse>> handler) : Operation(name, onTrail, request, response, typeof(TResponse) == typeof(NoOutput))
    where TRequest : class
    where TResponse : class
{
    public override ValueTask<object> InvokeAsync(AwsCall call, object request)
    {
        var answer = handler(call, (TRequest)request);
        return answer.IsCompletedSuccessfully ? new(answer.Result) : Await(answer);

        static async ValueTask<object> Await(ValueTask<TResponse> answer) => await answer;
    }
}

/// <summary>The response of an operation that returns a structure without members: <c>{}</c> in AWS JSON.</summary>
internal sealed record NoMembers
{
    public static readonly NoMembers Instance = new();
}

/// <summary>The response of an operation that returns nothing.</summary>
internal sealed record NoOutput
{
    public static readonly NoOutput Instance = new();
}

/// <summary>What CloudTrail writes about an operation.</summary>
/// <param name="Recorded">Whether there is a record at all: data events (PutLogEvents, Publish, ...) have none on a trail of management events.</param>
/// <param name="ReadOnly">The record's <c>readOnly</c>, as AWS sets it: KMS's Encrypt is true.</param>
/// <param name="ResponseElements">Whether the response stands on the record; otherwise <c>responseElements</c> is null.</param>
/// <param name="RequestParameters">Whether the request does.</param>
internal sealed record OnTrail(bool Recorded, bool ReadOnly = false, bool ResponseElements = false, bool RequestParameters = true)
{
    /// <summary>A data event of a service whose data events are not here, or a call that CloudTrail doesn't know: no record.</summary>
    public static readonly OnTrail Nothing = new(false);

    /// <summary>A data event that changes nothing: on the trails that select it.</summary>
    public static readonly OnTrail DataRead = new(true, ReadOnly: true) { IsDataEvent = true };

    /// <summary>A data event that changes something.</summary>
    public static readonly OnTrail DataWrite = new(true) { IsDataEvent = true };

    /// <summary>Tells whether it is on those trails alone whose selectors name it, and in no event history.</summary>
    public bool IsDataEvent { get; private init; }

    /// <summary>A management call that changes nothing.</summary>
    public static readonly OnTrail Read = new(true, ReadOnly: true);

    /// <summary>A management call that changes something, its response not on the record.</summary>
    public static readonly OnTrail Write = new(true);

    /// <summary>A management call that changes something, its response on the record.</summary>
    public static readonly OnTrail WriteWithResponse = new(true, ResponseElements: true);
}
