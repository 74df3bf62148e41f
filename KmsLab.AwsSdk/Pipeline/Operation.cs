#nullable enable
using Amazon.Runtime.Internal;

namespace KmsLab.AwsSdk.Pipeline;

/// <summary>How one operation's request is written and its response read; <typeparamref name="TResponse"/> ties the two to the client's method.</summary>
internal sealed record Operation<TResponse>(InvokeOptions Options);
