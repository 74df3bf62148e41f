namespace KmsLab.Tests;

/// <summary>What a test needs and a machine may lack: without it the test skips with the reason, and with <c>KMSLAB_STRICT=1</c> it fails.</summary>
internal static class Strict
{
    public static bool Mode => Environment.GetEnvironmentVariable("KMSLAB_STRICT") == "1";

    public static void Require(bool present, string reason)
    {
        if (!present && Mode)
            Assert.Fail($"KMSLAB_STRICT=1 and {reason}.");
        Assert.SkipUnless(present, reason);
    }
}
