using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>PostgreSQL in a container, on a data volume of the data directory's own.</summary>
internal sealed class ContainerPostgres : ILabDatabases
{
    private const string User = "kmslab";

    private readonly IResourceBuilder<PostgresServerResource> _server;
    private readonly string _passwordFile;

    public ContainerPostgres(IDistributedApplicationBuilder builder, DataDirectory data)
    {
        _passwordFile = data.PathOf(LabFiles.PostgresPassword);
        var user = builder.AddParameter("postgres-user", User);
        var password = builder.AddParameter("postgres-password", () => SecretFile.ReadOrCreate(_passwordFile, NewPassword), secret: true)
            .WithDescription("Password of the lab's PostgreSQL; it lies in the data directory.");
        _server = builder.AddPostgres("postgres", user, password)
            .WithImageTag(DatabaseChooser.ContainerTag)
            .WithDataVolume($"kmslab-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(data.Path)))[..12]}-postgres");
    }

    public string Engine => "PostgreSql";

    public void Connect(IResourceBuilder<ProjectResource> service, string database)
    {
        var resource = DatabaseOf(database);
        var endpoint = _server.Resource.PrimaryEndpoint;
        service.WithEnvironment(
                $"ConnectionStrings__{database}",
                ReferenceExpression.Create($"Host={endpoint.Property(EndpointProperty.Host)};Port={endpoint.Property(EndpointProperty.Port)};Username={User};Database={database}"))
            .WithEnvironment($"ConnectionStrings__{database}__PasswordFile", _passwordFile)
            .WithReferenceRelationship(resource)
            .WaitFor(resource);
    }

    private IResourceBuilder<PostgresDatabaseResource> DatabaseOf(string database)
    {
        var name = DatabaseNames.ResourceOf(database);
        return _server.ApplicationBuilder.Resources.OfType<PostgresDatabaseResource>().FirstOrDefault(one => one.Name == name) is { } there
            ? _server.ApplicationBuilder.CreateResourceBuilder(there)
            : _server.AddDatabase(name, database);
    }

    private static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
}
