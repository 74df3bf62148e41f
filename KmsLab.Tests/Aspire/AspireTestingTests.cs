namespace KmsLab.Tests.Aspire;

/// <summary>
/// The real application under Aspire.Hosting.Testing: what people write who test their own application so.
/// </summary>
public sealed class AspireTestingTests
{
    [Fact]
    public async Task Application_encrypts_raises_an_alarm_and_stops()
    {
        using var folder = new TempFolder();
        await using var application = await AspireApplication.StartAsync(folder, "sqlite");

        await LabWalk.PlayAsync(application);

        var begun = TimeProvider.System.GetTimestamp();
        await application.StopAsync();
        TestContext.Current.TestOutputHelper?.WriteLine($"Stopped after {TimeProvider.System.GetElapsedTime(begun).TotalSeconds:0.0} s.");
    }
}
