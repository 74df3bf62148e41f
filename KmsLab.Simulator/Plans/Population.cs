namespace KmsLab.Simulator.Plans;

/// <summary>How much of everything there is in the account.</summary>
/// <param name="CallsADay">Of a weekday, about.</param>
/// <param name="Records">In the vault at the start.</param>
/// <param name="OfficeClients">People's programs that use the application.</param>
/// <param name="WeeklyGrowth">Of the traffic.</param>
internal sealed record Population(int CallsADay = 5000, int Records = 400, int OfficeClients = 12, double WeeklyGrowth = 0.01)
{
    /// <summary>Records that attacks store for themselves have numbers from here on.</summary>
    public const int FirstExtraRecord = 1_000_000;
}
