namespace KmsLab.Tests.Architecture.Samples;

internal static class InCatch
{
    public static void Run(Action action)
    {
        try
        {
            action();
        }
        catch (Known)
        {
            Console.WriteLine();
        }
    }
}
