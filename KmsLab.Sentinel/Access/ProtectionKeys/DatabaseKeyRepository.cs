using System.Xml.Linq;
using Dapper;
using KmsLab.ServiceDefaults.Database;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace KmsLab.Sentinel.Access.ProtectionKeys;

/// <summary>
/// Data protection's keys, in Sentinel's database: containers have no disk to keep them on, and several Sentinels must understand each other's cookies.
/// </summary>
/// <remarks>
/// The interface knows no async. It is called at start and about once a day, and there is no synchronization context to deadlock on: so these wait.
/// </remarks>
internal sealed class DatabaseKeyRepository(Database database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var rows = database.ReadAsync(connection => connection.QueryAsync<string>("SELECT xml FROM data_protection_key ORDER BY id"), CancellationToken.None);
        return [.. rows.GetAwaiter().GetResult().Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName) => database.WriteOneAsync(
        connection => connection.ExecuteAsync(
            "INSERT INTO data_protection_key (id, xml) VALUES (@id, @xml) ON CONFLICT (id) DO NOTHING",
            new { id = friendlyName, xml = element.ToString(SaveOptions.DisableFormatting) }),
        CancellationToken.None,
        repeatable: true).GetAwaiter().GetResult();
}
