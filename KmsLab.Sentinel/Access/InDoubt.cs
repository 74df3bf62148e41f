namespace KmsLab.Sentinel.Access;

/// <summary>
/// What an endpoint makes of a session while the database can't tell whether it was signed out of. Without one of these, endpoints that are open to all
/// don't ask, and all others answer 503.
/// </summary>
internal sealed class InDoubt
{
    /// <summary>It is let in: what is shown then comes from memory, and is no evidence.</summary>
    public static readonly InDoubt LetIn = new();

    /// <summary>It is nobody's: the endpoint is open to all, but asks who is there.</summary>
    public static readonly InDoubt Nobody = new();

    private InDoubt()
    {
    }
}

/// <summary>A request's session that nobody could judge.</summary>
internal sealed record SessionInDoubt;
