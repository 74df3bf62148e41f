using System.Diagnostics;

namespace KmsLab.Tests.Aws;

/// <summary>What goes into the images, and the tags that tell them apart.</summary>
public sealed class ImageTests
{
    /// <summary>Microsoft spells it with one l; a tag may be moved, a digest not.</summary>
    [Fact]
    public void Base_image_is_Microsofts_chiseled_one_by_its_digest()
    {
        File.ReadAllText(Path.Combine(Template.Folder, "base-image")).ShouldMatch(@"^mcr\.microsoft\.com/dotnet/aspnet:10\.0-noble-chiseled@sha256:[0-9a-f]{64}\n$");
        foreach (var project in new[] { "KmsLab.CryptoApi", "KmsLab.Sentinel" })
            File.ReadAllText(Path.Combine(Template.Folder, "..", project, $"{project}.csproj")).ShouldContain("aws/base-image");
    }

    [Fact]
    public async Task Base_image_is_pinned_to_what_the_registry_says()
    {
        using var checkout = new Checkout();
        var digest = "sha256:" + new string('a', 64);
        checkout.Script("curl", $"#!/bin/sh\necho \"$@\" >>\"$0.calls\"\nprintf 'HTTP/2 200\\r\\nDocker-Content-Digest: {digest}\\r\\n'\n");

        (await checkout.RunAsync("bash", "aws/pin-base-image.sh")).ShouldContain("pinned: ");

        checkout.Read("aws/base-image").ShouldBe($"mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled@{digest}\n");
        checkout.Read("bin/curl.calls").ShouldContain("https://mcr.microsoft.com/v2/dotnet/aspnet/manifests/10.0-noble-chiseled");
    }

    /// <summary>Tags are immutable: whatever goes into an image and changes must change the tag, or the old image would be deployed.</summary>
    [Fact]
    public async Task Tag_tells_the_commit_what_was_not_committed_and_the_architecture()
    {
        using var checkout = new Checkout();
        var clean = await TagAsync(checkout);
        clean.ShouldMatch("^[0-9a-f]{12}-arm64$");

        checkout.Write("aws/notes.md", "templates and scripts are in no image");
        (await TagAsync(checkout)).ShouldBe(clean);
        checkout.Write("KmsLab.CryptoApi/New.cs", "// not yet added");
        var untracked = await TagAsync(checkout);
        untracked.ShouldMatch("^[0-9a-f]{12}-[0-9a-f]{8}-arm64$");
        checkout.Write("KmsLab.CryptoApi/New.cs", "// not yet added, and changed");
        var changed = await TagAsync(checkout);
        checkout.Write("aws/base-image", "another@sha256:0\n");
        var rebased = await TagAsync(checkout);

        new[] { clean, untracked, changed, rebased }.Distinct().Count().ShouldBe(4);
        (await TagAsync(checkout, "x64")).ShouldBe(rebased.Replace("arm64", "x64", StringComparison.Ordinal));
    }

    private static Task<string> TagAsync(Checkout checkout, string architecture = "arm64") =>
        checkout.RunAsync("bash", "-c", $"cd aws && . lib/common.sh && . lib/images.sh && program=test tag='' stand_ins=false architecture={architecture} && image_tag");

    /// <summary>A checkout with a folder of code and aws/.</summary>
    private sealed class Checkout : IDisposable
    {
        private readonly TempFolder _folder = new();

        public Checkout()
        {
            foreach (var file in new[] { "pin-base-image.sh", "base-image", "lib/common.sh", "lib/images.sh" })
                Write($"aws/{file}", File.ReadAllText(Path.Combine(Template.Folder, file)));
            Write("KmsLab.CryptoApi/Program.cs", "// code");
            Directory.CreateDirectory(_folder["bin"]);
            foreach (var command in new[] { "init -q", "add -A", "-c user.name=t -c user.email=t@example.com commit -q -m start" })
                RunAsync("git", command.Split(' ')).GetAwaiter().GetResult();
        }

        public void Write(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_folder[file])!);
            File.WriteAllText(_folder[file], text);
        }

        public string Read(string file) => File.ReadAllText(_folder[file]);

        public void Script(string name, string text)
        {
            Write($"bin/{name}", text);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(_folder[$"bin/{name}"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        public async Task<string> RunAsync(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.Path, RedirectStandardOutput = true };
            start.Environment["PATH"] = $"{_folder["bin"]}{Path.PathSeparator}{start.Environment["PATH"]}";
            using var process = Process.Start(start)!;
            var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            process.ExitCode.ShouldBe(0, output);
            return output.Trim();
        }

        public void Dispose() => _folder.Dispose();
    }
}
