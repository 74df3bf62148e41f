using System.Text.Json.Serialization.Metadata;

namespace KmsLab.LocalAws.Wire;

/// <summary>A service of the endpoint: how calls find it, and its operations.</summary>
/// <remarks>
/// To add a service, write one folder:
/// <list type="number">
/// <item>Requests and responses as classes with settable properties named as on the wire, constraints as <see cref="ConstraintAttribute"/>,
/// secrets as <see cref="NotOnTrailAttribute"/>. Lists are <c>List&lt;T&gt;</c>, maps <c>Dictionary&lt;string, T&gt;</c>, instants <c>DateTimeOffset?</c>, blobs <c>byte[]</c>; every member may be null.</item>
/// <item>One <c>JsonSerializerContext</c> that lists them, made with <see cref="AwsJson.Options"/>.</item>
/// <item>A class that derives from this one and calls <c>Add</c> once for each operation.</item>
/// <item>If it keeps state: an <see cref="State.IStateSchema"/>, memory loaded in the constructor by <c>StateStore.Read</c>, changes by <see cref="AwsCall.Write"/>.</item>
/// <item>One line in <c>LocalAwsExtensions.AddServices</c>.</item>
/// </list>
/// <c>Sts/</c> is the smallest example. The three protocols, errors, validation and the record on the trail follow from the declaration.
/// </remarks>
internal abstract class AwsService(string signingName, string eventSource)
{
    private readonly Dictionary<string, Operation> _operations = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _unsupported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _anonymous = new(StringComparer.Ordinal);

    /// <summary>The service's name in the credential scope, such as <c>kms</c> or <c>monitoring</c>.</summary>
    public string SigningName { get; } = signingName;

    /// <summary>The service's name on CloudTrail, such as <c>kms.amazonaws.com</c>.</summary>
    public string EventSource { get; } = eventSource;

    /// <summary>What stands before the dot in <c>X-Amz-Target</c>, and in the path of rpc-v2-cbor; empty when it speaks Query only.</summary>
    public string TargetPrefix { get; protected init; } = "";

    /// <summary>A namespace that older clients write before <see cref="TargetPrefix"/> and a dot; null when there is none.</summary>
    public string? TargetNamespace { get; protected init; }

    /// <summary>The namespace of its XML answers; null when it doesn't speak Query.</summary>
    public string? XmlNamespace { get; protected init; }

    /// <summary>The error code for a member that breaks a constraint.</summary>
    public string ValidationError { get; protected init; } = "ValidationException";

    /// <summary>That code in the Query protocol, where it is another.</summary>
    public string? QueryValidationError { get; protected init; }

    /// <summary>The IAM prefix of its actions, such as <c>cloudwatch</c> where the signing name is <c>monitoring</c>.</summary>
    public string ActionPrefix { get; protected init; } = signingName;

    /// <summary>The error code of a refused call.</summary>
    public string AccessDeniedError { get; protected init; } = "AccessDeniedException";

    /// <summary>The error code when the endpoint itself fails.</summary>
    public string InternalError { get; protected init; } = "InternalFailure";

    /// <summary>Its operations by name.</summary>
    public IReadOnlyDictionary<string, Operation> Operations => _operations;

    /// <summary>The operations that AWS has and that are refused here by name.</summary>
    public IReadOnlyCollection<string> Refused => _unsupported.Keys;

    /// <summary>Whether the operation's handler itself asks leave for the resource that it touches; otherwise the endpoint asks for <c>*</c> before it runs.</summary>
    public virtual bool AuthorizesResource(Operation operation) => false;

    /// <summary>The error for a member of a request that isn't served here.</summary>
    /// <param name="why">The member and the reason.</param>
    public virtual AwsException NotServed(string why) => new("UnsupportedOperationException", why) { QueryCode = "UnsupportedOperation" };

    /// <summary>Whether a target or a path means this service.</summary>
    public bool IsTarget(string target) =>
        TargetPrefix.Length > 0 && target.EndsWith(TargetPrefix, StringComparison.Ordinal)
        && (target.Length == TargetPrefix.Length || target == $"{TargetNamespace}.{TargetPrefix}");

    /// <summary>Whether the operation may be called without credentials, be it only to hear that it isn't served.</summary>
    public bool IsAnonymous(string operation) => _anonymous.Contains(operation);

    /// <summary>Finds an operation.</summary>
    /// <exception cref="AwsException">UnknownOperationException or UnsupportedOperationException (Query: InvalidAction), which say so.</exception>
    public Operation Find(string name)
    {
        if (_operations.TryGetValue(name, out var operation))
            return operation;
        if (_unsupported.TryGetValue(name, out var why))
            throw new AwsException("UnsupportedOperationException", why);

        throw new AwsException("UnknownOperationException", $"The operation {Printable(name)} is unknown to, or not implemented by, KmsLab LocalAws' {SigningName}.") { QueryCode = "InvalidAction" };
    }

    /// <summary>Adds an operation that answers at once. Its contracts are functions, for to make them all takes a third of the time to start.</summary>
    protected internal void Add<TRequest, TResponse>(
        string name, OnTrail onTrail, Func<JsonTypeInfo<TRequest>> request, Func<JsonTypeInfo<TResponse>> response, Func<AwsCall, TRequest, TResponse> handler, bool anonymous = false)
        where TRequest : class where TResponse : class =>
        Add(name, onTrail, request, response, (call, input) => new ValueTask<TResponse>(handler(call, input)), anonymous);

    /// <summary>Adds an operation that waits for something before it answers (its own writes aside: the endpoint waits for those).</summary>
    protected internal void Add<TRequest, TResponse>(
        string name, OnTrail onTrail, Func<JsonTypeInfo<TRequest>> request, Func<JsonTypeInfo<TResponse>> response, Func<AwsCall, TRequest, ValueTask<TResponse>> handler, bool anonymous = false)
        where TRequest : class where TResponse : class
    {
        Add(new Operation<TRequest, TResponse>(name, onTrail, request, response, handler));
        if (anonymous)
            _anonymous.Add(name);
    }

    /// <summary>Adds an operation of a kind of its own.</summary>
    protected void Add(Operation operation) => _operations.Add(operation.Name, operation);

    /// <summary>Names operations that AWS has and this endpoint refuses, with the reason that it gives.</summary>
    protected internal void Refuse(string why, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _unsupported.Add(name, why);
    }

    /// <summary>Names such operations that AWS lets anybody call without credentials.</summary>
    protected internal void RefuseAnonymous(string why, params ReadOnlySpan<string> names)
    {
        Refuse(why, names);
        foreach (var name in names)
            _anonymous.Add(name);
    }

    private static string Printable(string name) => name.Length <= 100 ? name : name[..100] + "...";
}
