using System.Globalization;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;

namespace KmsLab.Tests.Aspire;

/// <summary>
/// The cluster that a lab makes with this machine's PostgreSQL. A root user's lies outside of the data directory, so a test deletes it.
/// </summary>
internal sealed class LabCluster : IDisposable
{
    private readonly string _directory;

    /// <param name="data">The lab's data directory.</param>
    /// <remarks>The test skips, or fails in strict mode, without a PostgreSQL server on the machine.</remarks>
    public LabCluster(TempFolder data)
    {
        var (found, reason) = PostgresInstallation.Find();
        Strict.Require(found is not null, reason);
        _directory = new PostgresCluster(found!, DataDirectory.Named(data.Path)).Directory;
    }

    /// <summary>The id of the server's first process, as the server writes it down.</summary>
    public int ServerId => int.Parse(File.ReadLines(Path.Combine(_directory, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }
}
