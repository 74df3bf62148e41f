namespace KmsLab.Tests.Architecture.Samples;

internal static class InAsyncCode
{
    public static async Task<int> RunAsync()
    {
        foreach (var known in await Known.MakeAsync())
            await Console.Out.WriteLineAsync(known.Message);
        return 0;
    }
}
