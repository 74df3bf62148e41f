using System.Runtime.CompilerServices;
using KmsLab.LocalAws.Wire;

namespace KmsLab.Tests.LocalAws;

public sealed class FidelityTableTests
{
    [Fact]
    public async Task Every_operation_stands_in_the_fidelity_table()
    {
        await using var aws = await LocalAwsHost.StartAsync();
        var page = await File.ReadAllTextAsync(Page(), TestContext.Current.CancellationToken);

        var operations = aws.Services.GetServices<AwsService>().SelectMany(service => service.Operations.Keys).Distinct();

        operations.Where(operation => !page.Contains(operation, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static string Page([CallerFilePath] string thisFile = "") =>
        Path.Combine(Path.GetDirectoryName(thisFile)!, "..", "..", "docs", "localaws.md");
}
