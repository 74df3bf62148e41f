using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace KmsLab.ServiceDefaults.Database;

/// <summary>
/// A service's own login in its PostgreSQL database: it reads and writes rows, and neither owns nor changes a table. Whoever owns the database makes it
/// (docs/adr/0011-database-users.md).
/// </summary>
/// <param name="name">Its name in the database.</param>
/// <param name="password">Its password from now on.</param>
internal sealed partial class DatabaseUser(string name, string password)
{
    private const int MinimumPassword = 16;

    private const string Journal = "schemaversions";

    /// <summary>The tables, views and sequences of the schema, without those of extensions.</summary>
    private const string Relations = """
        SELECT c.relname AS "Name", pg_get_userbyid(c.relowner) AS "Owner", c.relkind = 'S' AS "IsSequence"
        FROM pg_class c
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
          AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY c.relname
        """;

    /// <summary>Its name, as SQL takes it.</summary>
    public string Name { get; } = Checked(name, password);

    /// <summary>Makes the user, or gives it the password, before the migrations run.</summary>
    /// <param name="connectionString">The owner's.</param>
    /// <param name="service">The program whose database it is, such as <c>KmsLab.CryptoApi</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The user has rights that a service must not have, or the database is another service's as well.</exception>
    public Task MakeAsync(string connectionString, string service, CancellationToken cancellationToken) =>
        RunAsync(connectionString, connection => MakeAsync(connection, service), cancellationToken);

    /// <summary>
    /// Gives the user its rights, after the migrations ran: on rows of all tables, and to read which migrations there were.
    /// </summary>
    /// <param name="connectionString">The owner's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">The tables are somebody else's.</exception>
    public Task GrantAsync(string connectionString, CancellationToken cancellationToken) =>
        RunAsync(connectionString, GrantAsync, cancellationToken);

    private static string Checked(string name, string password)
    {
        if (!PlainName.IsMatch(name))
            throw new InvalidOperationException($"'{name}' is no name for a user here: use a to z, 0 to 9 and _, at most 63 of them, and no digit in front.");
        return password.Length >= MinimumPassword
            ? name
            : throw new InvalidOperationException($"The password of {name} is shorter than {MinimumPassword} characters.");
    }

    /// <summary>All or nothing: PostgreSQL takes roles and rights back with a transaction.</summary>
    private static async Task RunAsync(string connectionString, Func<NpgsqlConnection, Task> change, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
        await connection.OpenAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await change(connection);
        await transaction.CommitAsync(CancellationToken.None);
    }

    private async Task MakeAsync(NpgsqlConnection connection, string service)
    {
        var owner = await connection.ExecuteScalarAsync<string>("SELECT current_user");
        if (owner == Name)
            throw new InvalidOperationException($"{Name} runs the migration and owns the tables: the service's user is another one.");

        var exists = await connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = @Name)", new { Name });
        if (exists)
            await RefuseMightyAsync(connection);
        // Neither a name nor a verifier can be a parameter here; both have plain characters only.
        await connection.ExecuteAsync($"{(exists ? "ALTER" : "CREATE")} ROLE {Name} LOGIN PASSWORD '{ScramVerifier.Of(password)}'");
        await TakeOverAsync(connection);
        await RefuseSharedAsync(connection, service);
    }

    private async Task RefuseMightyAsync(NpgsqlConnection connection)
    {
        var isMighty = await connection.ExecuteScalarAsync<bool>(
            """
            SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolreplication
              OR EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid AND pg_has_role(current_user, m.roleid, 'MEMBER'))
            FROM pg_roles r WHERE rolname = @Name
            """,
            new { Name });
        if (isMighty)
            throw new InvalidOperationException($"The user {Name} is there, and may do more than a service should: it is an administrator, or a member of a role that owns things. Choose another name.");
    }

    /// <summary>A database whose service made its tables itself, as that user: they become the owner's.</summary>
    private async Task TakeOverAsync(NpgsqlConnection connection)
    {
        var owns = await connection.ExecuteScalarAsync<bool>(
            """
            SELECT EXISTS (SELECT 1 FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid
              WHERE r.rolname = @Name AND d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
                AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database())))
            """,
            new { Name });
        if (!owns)
            return;

        var isSuperuser = await connection.ExecuteScalarAsync<bool>("SELECT rolsuper FROM pg_roles WHERE rolname = current_user");
        if (isSuperuser)
            await connection.ExecuteAsync($"REASSIGN OWNED BY {Name} TO CURRENT_USER");
        else // It takes the rights of both.
            await connection.ExecuteAsync($"GRANT {Name} TO CURRENT_USER; REASSIGN OWNED BY {Name} TO CURRENT_USER; REVOKE {Name} FROM CURRENT_USER");
    }

    private async Task GrantAsync(NpgsqlConnection connection)
    {
        var (owner, database, schema) = await connection.QuerySingleAsync<(string, string, string)>("SELECT current_user, quote_ident(current_database()), quote_ident(current_schema())");
        var relations = (await connection.QueryAsync<Relation>(Relations)).ToList();
        if (relations.FirstOrDefault(relation => relation.Owner != owner) is { } foreign)
        {
            throw new InvalidOperationException(
                $"The table {foreign.Name} belongs to {foreign.Owner}, and {owner} runs the migration. Run it as {foreign.Owner}, or let an administrator say REASSIGN OWNED BY {foreign.Owner} TO {owner}.");
        }

        await connection.ExecuteAsync(
            $"""
            REVOKE ALL ON DATABASE {database} FROM PUBLIC;
            REVOKE ALL ON DATABASE {database} FROM {Name};
            GRANT CONNECT ON DATABASE {database} TO {Name};
            REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC;
            REVOKE CREATE ON SCHEMA {schema} FROM {Name};
            GRANT USAGE ON SCHEMA {schema} TO {Name};
            """);
        foreach (var relation in relations)
            await connection.ExecuteAsync(RightsOn(relation));
    }

    private string RightsOn(Relation relation)
    {
        var (kind, rights) = relation switch
        {
            { IsSequence: true } => ("SEQUENCE", "USAGE, SELECT"),
            { Name: Journal } => ("TABLE", "SELECT"),
            _ => ("TABLE", "SELECT, INSERT, UPDATE, DELETE"),
        };
        var quoted = $"\"{relation.Name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return $"REVOKE ALL ON {kind} {quoted} FROM {Name}, PUBLIC; GRANT {rights} ON {kind} {quoted} TO {Name}";
    }

    /// <summary>One service's user would be given the other's tables.</summary>
    private static async Task RefuseSharedAsync(NpgsqlConnection connection, string service)
    {
        var isNew = await connection.ExecuteScalarAsync<bool>($"SELECT to_regclass('{Journal}') IS NULL");
        if (isNew)
            return;

        var other = await connection.ExecuteScalarAsync<string?>($"SELECT min(scriptname) FROM {Journal} WHERE NOT starts_with(scriptname, @Own)", new { Own = service + "." });
        if (other is not null)
            throw new InvalidOperationException($"The database is another service's as well, whose tables {service} must not reach (it has {other}). Give each service a database of its own.");
    }

    [GeneratedRegex("^[a-z_][a-z0-9_]{0,62}$")]
    private static partial Regex PlainName { get; }

    /// <summary>A table, view or sequence.</summary>
    private sealed record Relation(string Name, string Owner, bool IsSequence);
}
