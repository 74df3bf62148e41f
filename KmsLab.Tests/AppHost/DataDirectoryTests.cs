using KmsLab.AppHost.Data;
using KmsLab.AppHost.Problems;

namespace KmsLab.Tests.AppHost;

public sealed class DataDirectoryTests
{
    [Fact]
    public void Data_directory_has_one_lab_at_a_time()
    {
        using var folder = new TempFolder();
        using (DataDirectory.Open(folder.Path))
            Should.Throw<LabException>(() => DataDirectory.Open(folder.Path)).Message.ShouldBe(
                $"the data directory {folder.Path} is in use by another lab. Stop that one, or choose another with --data DIR.");

        using var next = DataDirectory.Open(folder.Path);

        next.Path.ShouldBe(folder.Path);
    }

    [Fact]
    public void Data_directory_that_is_a_file_is_an_error_that_names_the_option()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder["file"], "");

        var error = Should.Throw<LabException>(() => DataDirectory.Open(folder["file"]));

        error.Message.ShouldStartWith($"the data directory {folder["file"]} can't be used");
        error.Message.ShouldEndWith("Choose another with --data DIR.");
    }

    [Fact]
    public void Data_directory_is_its_owners_alone()
    {
        using var folder = new TempFolder();

        using var data = DataDirectory.Open(folder["new"]);

        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(data.Path).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
