using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Rates;

/// <summary>Registers what counts calls.</summary>
internal static class RateExtensions
{
    public static void AddRates(this IServiceCollection services)
    {
        services.AddSingleton<RatePruning>();
        services.AddTurnPart<SeriesBook>();
        services.AddTurnPart<CallCounter>();
        services.AddTurnPart<ContextBook>();
        services.AddTurnPart<KeyUseBook>();
        services.AddTurnPart<RateRetention>();
    }
}
