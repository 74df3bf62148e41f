using System.Text.Json;
using KmsLab.CloudTrail.Writing;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>Writes the calls of a plan as CloudTrail's records.</summary>
internal sealed class TrailScribe(World world, ApplicationCalls application)
{
    private readonly CallShapes _shapes = new(world);
    private readonly Identities _identities = new(world);
    private readonly Blindness _blindness = new();
    private readonly Draws _ids = new(world.Seed, "ids");
    private readonly Dictionary<(string Operation, string? Key), Guid> _changes = [];

    /// <summary>Writes one.</summary>
    /// <returns>Whether it was written: a blinded trail gets nothing.</returns>
    public bool Write(Utf8JsonWriter json, Step step)
    {
        var shape = _shapes.Of(step);
        var caller = step.Actor is ApiClient ? application.NextTask() : step.Actor;
        if (!_blindness.Delivers(step, shape.Source))
            return false;

        RecordWriter.Write(json, new RecordedCall
        {
            Identity = IdentityOf(caller, step),
            Time = step.At,
            Source = shape.Source,
            Name = shape.Name,
            Region = shape.Region ?? world.Region,
            SourceIp = AddressOf(caller, step),
            UserAgent = AgentOf(caller, shape, step),
            ErrorCode = shape.Error?.Code,
            ErrorMessage = shape.Error?.Message,
            RequestParameters = shape.Parameters,
            ResponseElements = shape.Response,
            RequestId = shape.IsServiceEvent ? null : NextId().ToString(),
            EventId = EventIdOf(shape),
            ReadOnly = shape.IsReadOnly,
            Resources = [.. shape.Resources.Select(arn => new RecordedResource(arn, shape.ResourceType))],
            EventType = shape.IsServiceEvent ? "AwsServiceEvent" : "AwsApiCall",
            Account = world.Account,
            Tls = caller is RoleSession { InvokedBy: null } ? ("TLSv1.3", "TLS_AES_128_GCM_SHA256") : null,
            Host = caller is RoleSession { InvokedBy: null } ? $"{shape.Source.Split('.')[0]}.{shape.Region ?? world.Region}.amazonaws.com" : null,
        });
        return true;
    }

    private Guid EventIdOf(CallShape shape)
    {
        var key = shape.Resources.Count > 0 ? shape.Resources[0] : null;
        if (shape.Over is { } operation)
            return _changes[(operation, key)];

        var id = NextId();
        if (!shape.IsReadOnly)
            _changes[(shape.Name, key)] = id;
        return id;
    }

    private RecordedIdentity IdentityOf(Actor caller, Step step) => (caller, step.Act) switch
    {
        (_, BecomeRole) => Identities.Pipeline,
        (RoleSession session, _) => _identities.Of(session, step.At),
        _ => _identities.Internal,
    };

    private static string AddressOf(Actor caller, Step step) => (caller, step.Act) switch
    {
        (_, BecomeRole) => Identities.Pipeline.InvokedBy!,
        (RoleSession session, _) => session.Address,
        _ => "AWS Internal",
    };

    private string AgentOf(Actor caller, CallShape shape, Step step) => (caller, step.Act, step.Actor) switch
    {
        (_, BecomeRole, _) => Identities.Pipeline.InvokedBy!,
        (_, _, ApiClient client) => application.Sign(shape.Name, shape.Resources, shape.Context, client.Name, step.At),
        (RoleSession session, _, _) => session.Agent,
        _ => "AWS Internal",
    };

    private Guid NextId()
    {
        Span<byte> bytes = stackalloc byte[16];
        _ids.Fill(bytes);
        return IdOf(bytes);
    }

    private static Guid IdOf(Span<byte> bytes)
    {
        bytes[7] = (byte)((bytes[7] & 0x0f) | 0x40); // A version 4, as AWS's are.
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes);
    }
}
