using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Windows;

/// <summary>Registers the windows.</summary>
internal static class WindowExtensions
{
    public static void AddWindows(this IServiceCollection services) => services.AddTurnPart<WindowStore>();
}
