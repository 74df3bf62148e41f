using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.S3;

/// <summary>An operation of S3, whose requests and answers are HTTP's own rather than one of AWS's protocols.</summary>
internal sealed class S3Operation(string name, OnTrail onTrail, Func<S3Call, Task<S3Answer>> serve)
    : Operation(name, onTrail, () => S3Json.Wire.NoMembers, () => S3Json.Wire.NoMembers, hasNoOutput: true)
{
    public Task<S3Answer> ServeAsync(S3Call call) => serve(call);

    public override async ValueTask<object> InvokeAsync(AwsCall call, object request) => await serve((S3Call)request);
}
