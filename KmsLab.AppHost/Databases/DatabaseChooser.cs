using System.Globalization;
using KmsLab.AppHost.Data;
using KmsLab.AppHost.Settings;

namespace KmsLab.AppHost.Databases;

/// <summary>Chooses the database, and holds a data directory to what it began with.</summary>
internal static class DatabaseChooser
{
    /// <summary>Major version of the container's image; a cluster of another one can't be opened.</summary>
    public const int ContainerMajor = 17;

    /// <summary>The image's tag.</summary>
    public const string ContainerTag = "17.6";

    /// <summary>
    /// Chooses what the directory began with, else what is asked for,
    /// else the first that this machine has of container, PostgreSQL and SQLite.
    /// </summary>
    /// <exception cref="LabException">The choice can't be had; the message says what can.</exception>
    public static DatabaseChoice Choose(LabSettings settings, DataDirectory data)
    {
        var wanted = Wanted(settings);
        if (DatabaseRecord.Read(data) is not { } record)
        {
            var choice = wanted is { } database ? new DatabaseChoice(database, "--Lab:Database asks for it") : FirstThere();
            new DatabaseRecord(choice.Database, Check(choice.Database, null)).Write(data);
            return choice;
        }

        if (wanted is { } other && other != record.Database)
        {
            throw new LabException(
                $"the data directory {data.Path} keeps its secrets in {Name(record.Database)} since its first start, "
                + $"so it can't use {Name(other)}. Choose another data directory with --data DIR, or leave out --Lab:Database.");
        }

        Check(record.Database, record.Major);
        return new(record.Database, "this data directory began with it; another one may have another");
    }

    /// <summary>The database's name on the command line.</summary>
    public static string Name(LabDatabase database) => database.ToString().ToLowerInvariant();

    private static LabDatabase? Wanted(LabSettings settings) => settings["Lab:Database"] switch
    {
        null => null,
        var name when Enum.TryParse<LabDatabase>(name, ignoreCase: true, out var database) && !char.IsAsciiDigit(name[0]) => database,
        var name => throw new LabException($"Lab:Database is '{name}'. "
            + "Set it to container, postgres or sqlite, such as --Lab:Database=sqlite."),
    };

    private static DatabaseChoice FirstThere()
    {
        if (ContainerRuntime.IsRunning)
            return new(LabDatabase.Container, "a container runtime answers");
        return PostgresInstallation.Find() is { Found: { } found }
            ? new(
                LabDatabase.Postgres,
                string.Create(CultureInfo.InvariantCulture, $"no container runtime answers; PostgreSQL {found.Major} is installed"))
            : new(LabDatabase.Sqlite, "neither a container runtime nor a PostgreSQL server is there");
    }

    /// <summary>Makes sure that it can be had.</summary>
    /// <returns>PostgreSQL's major version; null for SQLite.</returns>
    private static int? Check(LabDatabase database, int? major) => database switch
    {
        LabDatabase.Sqlite => null,
        LabDatabase.Postgres => PostgresInstallation.Find(major) is var (found, reason) && found is not null
            ? found.Major
            : throw new LabException($"--Lab:Database=postgres can't be had: {reason}. " + (major is null
                ? Otherwise
                : $"Install PostgreSQL {major}, which made this data directory's cluster, "
                    + "or choose another data directory with --data DIR.")),
        _ when major is not null && major != ContainerMajor => throw new LabException(
            $"this data directory's volume is of PostgreSQL {major}, and the lab's image is PostgreSQL {ContainerMajor}. "
            + "Choose another with --data DIR."),
        _ => ContainerRuntime.IsRunning
            ? ContainerMajor
            : throw new LabException("--Lab:Database=container can't be had: neither Docker nor Podman answers. " + (major is null
                ? Otherwise
                : "Start it, or choose another data directory with --data DIR: this one's secrets are in a container's volume.")),
    };

    private const string Otherwise = "Leave the option out to take what is there, or use --Lab:Database=sqlite, which needs nothing.";
}
