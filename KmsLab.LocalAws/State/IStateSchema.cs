namespace KmsLab.LocalAws.State;

/// <summary>The tables of one service. Applied at start, each step once, in order.</summary>
internal interface IStateSchema
{
    /// <summary>The service's name in the table of versions.</summary>
    string Name { get; }

    /// <summary>SQL scripts; a released one is never changed, only followed by another.</summary>
    IReadOnlyList<string> Steps { get; }
}
