namespace KmsLab.Simulator.Live;

/// <summary>Attacks stay on this machine unless somebody says that the account is theirs.</summary>
internal static class LoopbackGuard
{
    /// <exception cref="SimulatorException">An address is beyond this machine.</exception>
    public static void Check(LabTarget target)
    {
        if (target.OwnsThisAccount)
            return;

        foreach (var address in new[] { target.LocalAws, target.CryptoApi }.Where(address => !address.IsLoopback))
        {
            throw new SimulatorException(
                $"{address} is beyond this machine, and scenarios attack for real: they disable keys, blind trails and read secrets. "
                + "Name an address on loopback, or say --i-own-this-account if it is yours to attack.");
        }
    }
}
