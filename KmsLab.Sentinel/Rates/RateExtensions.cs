using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Registers what counts calls.</summary>
internal static class RateExtensions
{
    public static void AddRates(this IServiceCollection services)
    {
        services.AddSingleton<RatePruning>();
        services.AddTurnPart<SeriesStore>();
        services.AddTurnPart<CallCounter>();
        services.AddTurnPart<ContextStore>();
        services.AddTurnPart<KeyUseStore>();
        services.AddTurnPart<RateRetention>();
    }
}
