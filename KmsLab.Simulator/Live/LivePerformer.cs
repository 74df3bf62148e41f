using System.Globalization;
using Amazon.KeyManagementService;
using Amazon.KeyManagementService.Model;
using Amazon.Runtime;
using KmsLab.ServiceDefaults.Database;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Live;

/// <summary>Makes the calls of a plan.</summary>
internal sealed class LivePerformer : IDisposable
{
    private readonly AwsSessions _sessions;
    private readonly ApiClients _clients;
    private readonly KeyNames _keys;
    private readonly KeyCalls _keyCalls;
    private readonly TrailCalls _trailCalls;
    private readonly RecordPlanting _planting;
    private readonly ReplicaCalls _replicas;
    private IReadOnlyList<StolenKey> _stolen = [];

    /// <param name="target">What it is aimed at.</param>
    /// <param name="begun">When the run began, which tells its texts and records from those of other runs.</param>
    public LivePerformer(LabTarget target, DateTimeOffset begun)
    {
        _sessions = new(target);
        _clients = new(target);
        _keys = new(target);
        _keyCalls = new(target, _keys, Undo);
        _trailCalls = new(target, Undo);
        _planting = new(target, begun);
        _replicas = new(target, Undo);
        Texts = new(_clients, begun.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
    }

    public Undo Undo { get; } = new();

    public StoredTexts Texts { get; }

    public ApiClients Clients => _clients;

    /// <summary>Finds the application's key before anybody points its alias elsewhere.</summary>
    public async Task FindKeyAsync(CancellationToken cancellationToken) =>
        await _keys.IdOfAsync(World.Vault, (await _sessions.OfAsync(Cast.Deployer, cancellationToken)).Kms, cancellationToken);

    /// <summary>Makes the multi-Region key whose replica a plan abuses, and what it encrypted.</summary>
    public async Task MakeFamilyAsync(IEnumerable<UseKey> reads, CancellationToken cancellationToken) =>
        await _replicas.PrepareAsync(reads, (await _sessions.OfAsync(Cast.Deployer, cancellationToken)).Kms, cancellationToken);

    /// <summary>Gives the thief his copy of the vault.</summary>
    public async Task StealAsync(ReadOnlyDatabase vault, RoleSession thief, int wanted, CancellationToken cancellationToken) =>
        _stolen = await StolenVault.OpenAsync(vault, (await _sessions.OfAsync(thief, cancellationToken)).CloudTrail, wanted, cancellationToken);

    /// <summary>Makes one call.</summary>
    /// <returns>Whether it went as planned: refused where it should be, answered otherwise.</returns>
    /// <exception cref="AmazonServiceException">AWS refused it.</exception>
    /// <exception cref="HttpRequestException">The application could not answer.</exception>
    public async Task<bool> DoAsync(Step step, CancellationToken cancellationToken)
    {
        switch (step.Actor, step.Act)
        {
            case (ApiClient client, StoreText store):
                await Texts.StoreAsync(client, store.Record, cancellationToken);
                return true;
            case (ApiClient client, ReadText read):
                return await Texts.ReadAsync(client, read, cancellationToken);
            case (RoleSession claimed, PlantRecord plant):
                await _planting.PlantAsync(plant, claimed, await _sessions.OfAsync(Cast.Insider, cancellationToken), cancellationToken);
                return true;
            case (RoleSession role, BecomeRole):
                await _sessions.OfAsync(role, cancellationToken);
                return true;
            case (RoleSession role, var act):
                return await CallAsync(role, act, cancellationToken);
            default:
                return true; // Nobody makes AWS's own events happen.
        }
    }

    public void Dispose()
    {
        _sessions.Dispose();
        _clients.Dispose();
    }

    private async Task<bool> CallAsync(RoleSession role, Act act, CancellationToken cancellationToken)
    {
        var session = await _sessions.OfAsync(role, cancellationToken);
        var restorer = await _sessions.OfAsync(Cast.Deployer, cancellationToken);
        try
        {
            if (act is DecryptStolen decrypt)
                await DecryptAsync(decrypt.Record, session.Kms, cancellationToken);
            else if (act is CopyKey copy)
                await _replicas.CopyAsync(copy, session, restorer, cancellationToken);
            else if (act is UseKey { Region: { } region } use)
                await _replicas.DecryptAsync(use, session.KmsIn(region), cancellationToken);
            else if (act is OnTrail or SelectEvents)
                await _trailCalls.DoAsync(act, session.CloudTrail, restorer.CloudTrail, cancellationToken);
            else
                await _keyCalls.DoAsync(act, session.Kms, restorer.Kms, cancellationToken);
        }
        catch (DryRunOperationException) when (act is UseKey { IsDryRun: true } or GrantKey { IsDryRun: true })
        {
            // So a DryRun call ends that would have been allowed.
        }

        return true;
    }

    private Task<DecryptResponse> DecryptAsync(int record, IAmazonKeyManagementService kms, CancellationToken cancellationToken)
    {
        var stolen = _stolen[record % _stolen.Count];
        return kms.DecryptAsync(new DecryptRequest { CiphertextBlob = new MemoryStream(stolen.Ciphertext), EncryptionContext = stolen.Context }, cancellationToken);
    }
}
