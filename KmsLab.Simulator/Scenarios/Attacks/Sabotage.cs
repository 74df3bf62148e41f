using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary>Attacks that change something: each is followed by those who put it right.</summary>
internal static class Sabotage
{
    private const string Decoy = "decoy";
    private const string Outsider = "arn:aws:iam::" + World.ForeignAccount + ":role/maintenance";

    /// <summary><c>key-tampering</c>.</summary>
    public static Plan KeyTampering(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new OnKey("DisableKey", World.Vault), false),
        (Cast.Deployer, new OnKey("EnableKey", World.Vault), true),
        (Cast.Insider, new MakeKey(Decoy), false),
        (Cast.Insider, new PointAlias(Decoy), false),
        (Cast.Deployer, new PointAlias(World.Vault), true),
        (Cast.Insider, new OnKey("ScheduleKeyDeletion", World.Vault), false),
        (Cast.Deployer, new OnKey("CancelKeyDeletion", World.Vault), true),
        (Cast.Deployer, new OnKey("EnableKey", World.Vault), true), // A key comes back disabled.
    ]);

    /// <summary><c>trail-blinding</c>.</summary>
    public static Plan TrailBlinding(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new SelectEvents(EventSelection.KmsExcluded), false),
        (Cast.Deployer, new SelectEvents(EventSelection.All), true),
        (Cast.Insider, new SelectEvents(EventSelection.KmsNotEquals), false),
        (Cast.Deployer, new SelectEvents(EventSelection.All), true),
        (Cast.Insider, new OnTrail("StopLogging"), false),
        (Cast.Deployer, new OnTrail("StartLogging"), true),
    ]);

    /// <summary><c>grant-backdoor</c>.</summary>
    public static Plan GrantBackdoor(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new GrantKey(World.Vault, Outsider), false),
        (Cast.Insider, new ChangePolicy(World.Vault, World.ForeignAccount), false),
        (Cast.Deployer, new RevokeKey(World.Vault), true),
        (Cast.Deployer, new ChangePolicy(World.Vault, null), true),
    ]);

    /// <summary><c>lockout</c>.</summary>
    public static Plan Lockout(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new ChangePolicy(World.Vault, null, PolicyForm.LockOut), false),
        (Cast.Deployer, new ChangePolicy(World.Vault, null), true),
    ]);

    /// <summary><c>policy-decoys</c>: the same policy again and again, and then one that opens the key behind denials that never apply.</summary>
    public static Plan PolicyDecoys(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new ChangePolicy(World.Vault, null, PolicyForm.Again), false),
        (Cast.Insider, new ChangePolicy(World.Vault, null, PolicyForm.Again), false),
        (Cast.Insider, new ChangePolicy(World.Vault, World.ForeignAccount, PolicyForm.Decoys), false),
        (Cast.Deployer, new ChangePolicy(World.Vault, null), true),
    ]);

    /// <summary><c>acknowledged-then-worse</c>: something that people get used to, and within the hour something that they must not.</summary>
    public static Plan AcknowledgedThenWorse(Stage stage) => Spread(stage,
    [
        (Cast.Insider, new OnKey("DisableKey", World.Vault), false),
        (Cast.Deployer, new OnKey("EnableKey", World.Vault), true),
        (Cast.Insider, new OnKey("DisableKey", World.Vault), false),
        (Cast.Deployer, new OnKey("EnableKey", World.Vault), true),
        (Cast.Insider, new OnKey("ScheduleKeyDeletion", World.Vault), false),
        (Cast.Deployer, new OnKey("CancelKeyDeletion", World.Vault), true),
        (Cast.Deployer, new OnKey("EnableKey", World.Vault), true),
    ]);

    /// <summary><c>dry-run-probing</c>.</summary>
    public static Plan DryRunProbing(Stage stage) => Spread(stage,
    [
        (Cast.Prober, new UseKey("Encrypt", World.Vault, IsDryRun: true), false),
        (Cast.Prober, new UseKey("GenerateDataKey", World.Vault, IsDryRun: true), false),
        (Cast.Prober, new GrantKey(World.Vault, Outsider, IsDryRun: true), false),
        (Cast.Prober, new UseKey("Encrypt", World.Payments, IsDryRun: true), false),
        (Cast.Prober, new UseKey("GenerateDataKey", World.Payments, IsDryRun: true), false),
        (Cast.Prober, new GrantKey(World.Payments, Outsider, IsDryRun: true), false),
    ]);

    private static Plan Spread(Stage stage, IReadOnlyList<(RoleSession Actor, Act Act, bool IsRestore)> calls)
    {
        var interval = stage.Length / (calls.Count - 1);
        return stage.Plan([.. calls.Select((call, i) => new Step(stage.At + (interval * i), call.Actor, call.Act, call.IsRestore))]);
    }
}
