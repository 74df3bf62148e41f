namespace KmsLab.Tests.LocalAws;

public sealed class StartTests
{
    [Fact]
    public async Task Start_is_refused_beyond_loopback()
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => LocalAwsHost.StartAsync([("LocalAws:Url", "http://0.0.0.0:0")]));

        error.Message.ShouldContain("LocalAws:AllowNonLoopback=true");
    }

    [Fact]
    public async Task Start_says_which_directory_cannot_be_written()
    {
        var file = Path.GetTempFileName();
        try
        {
            var error = await Should.ThrowAsync<InvalidOperationException>(() => LocalAwsHost.StartAsync([("LocalAws:DataDirectory", Path.Combine(file, "x"))]));

            error.Message.ShouldContain("LocalAws:DataDirectory");
            error.Message.ShouldContain(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Start_is_refused_on_a_data_directory_in_use()
    {
        await using var first = await LocalAwsHost.StartAsync();

        var error = await Should.ThrowAsync<InvalidOperationException>(() => LocalAwsHost.StartAsync([("LocalAws:DataDirectory", first.DataDirectory)]));

        error.Message.ShouldContain("no other LocalAws");
    }

    [Fact]
    public async Task Start_names_every_wrong_option_at_once()
    {
        var error = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(
            () => LocalAwsHost.StartAsync([("LocalAws:AccountId", "12"), ("LocalAws:Region", "nowhere")]));

        error.Message.ShouldContain("LocalAws:AccountId");
        error.Message.ShouldContain("LocalAws:Region");
    }
}
