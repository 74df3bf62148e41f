namespace KmsLab.Simulator.Plans;

/// <summary>Who makes a call.</summary>
internal abstract record Actor;

/// <summary>Somebody who calls the application.</summary>
/// <param name="Name">As the application tells its callers apart: <c>client:NAME</c> or <c>address:ADDRESS</c>.</param>
/// <param name="Number">Counts the clients; a live run gives each an address of its own by it.</param>
internal sealed record ApiClient(string Name, int Number) : Actor;

/// <summary>A session of a role.</summary>
/// <param name="Role">The role's name.</param>
/// <param name="Session">The session's name.</param>
/// <param name="Address">Where it calls from.</param>
/// <param name="Agent">Its User-Agent.</param>
/// <param name="InvokedBy">The AWS service that calls on its behalf, or null.</param>
internal sealed record RoleSession(string Role, string Session, string Address, string Agent, string? InvokedBy = null) : Actor
{
    /// <summary>The role's path within the account, such as <c>aws-service-role/rds.amazonaws.com/</c>; most have none.</summary>
    public string Path { get; init; } = "";
}

/// <summary>AWS itself.</summary>
internal sealed record AwsInternal : Actor;
