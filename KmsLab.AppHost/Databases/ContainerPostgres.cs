using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using KmsLab.AppHost.Data;

namespace KmsLab.AppHost.Databases;

/// <summary>PostgreSQL in a container, on a data volume of the data directory's own.</summary>
internal sealed class ContainerPostgres : ILabDatabases
{
    private const string User = "kmslab";

    private readonly IDistributedApplicationBuilder _builder;
    private readonly IResourceBuilder<PostgresServerResource> _server;
    private readonly string _passwordFile;

    public ContainerPostgres(IDistributedApplicationBuilder builder, DataDirectory data)
    {
        _builder = builder;
        _passwordFile = data.PathOf(LabFiles.PostgresPassword);
        var user = builder.AddParameter("postgres-user", User);
        var password = builder.AddParameter("postgres-password", () => SecretFile.ReadOrCreate(_passwordFile, NewPassword), secret: true)
            .WithDescription("Password of the lab's PostgreSQL; it lies in the data directory.");
        _server = builder.AddPostgres("postgres", user, password)
            .WithImageTag(DatabaseChooser.ContainerTag)
            .WithDataVolume(VolumeOf(data));
    }

    public string Engine => "PostgreSql";

    public void Connect(IResourceBuilder<ProjectResource> service, string database)
    {
        var resource = DatabaseOf(database);
        service.WaitFor(resource);
        // A deployment has no file of this machine: there the password is the parameter, which the manifest only names.
        if (_builder.ExecutionContext.IsPublishMode)
            service.WithReference(resource, database);
        else
            ConnectByFile(service, resource, database);
    }

    private void ConnectByFile(
        IResourceBuilder<ProjectResource> service, IResourceBuilder<PostgresDatabaseResource> resource, string database)
    {
        var endpoint = _server.Resource.PrimaryEndpoint;
        var (host, port) = (endpoint.Property(EndpointProperty.Host), endpoint.Property(EndpointProperty.Port));
        var connection = ReferenceExpression.Create($"Host={host};Port={port};Username={User};Database={database}");
        service
            .WithEnvironment($"ConnectionStrings__{database}", connection)
            .WithEnvironment($"ConnectionStrings__{database}__PasswordFile", _passwordFile)
            .WithReferenceRelationship(resource);
    }

    private IResourceBuilder<PostgresDatabaseResource> DatabaseOf(string database)
    {
        var name = DatabaseNames.ResourceOf(database);
        return _builder.Resources.OfType<PostgresDatabaseResource>().FirstOrDefault(one => one.Name == name) is { } there
            ? _builder.CreateResourceBuilder(there)
            : _server.AddDatabase(name, database);
    }

    /// <summary>Each data directory has a volume of its own: two labs must not share one.</summary>
    private static string VolumeOf(DataDirectory data)
    {
        var directory = SHA256.HashData(Encoding.UTF8.GetBytes(data.Path));
        return $"kmslab-{Convert.ToHexStringLower(directory)[..12]}-postgres";
    }

    private static string NewPassword() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(24));
}
