using KmsLab.Sentinel.TrailHealth.Canary;
using KmsLab.Sentinel.TrailHealth.Guard;
using KmsLab.Sentinel.Turns;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Settings that health goes by.</summary>
internal sealed record HealthOptions(CanaryOptions Canary, DeliveryOptions Delivery, GuardOptions Guard, TurnOptions Turns);
