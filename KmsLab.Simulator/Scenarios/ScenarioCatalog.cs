namespace KmsLab.Simulator;

/// <summary>The scenarios.</summary>
public static class ScenarioCatalog
{
    /// <summary>All of them, the normal day first.</summary>
    public static IReadOnlyList<ScenarioInfo> All { get; } =
    [
        new("normal", "A day like any other", "Office clients that read what they work on, a service that reads all day, a batch at night, people who mistype a Key, deployments, auditors, other teams' keys, and what AWS services decrypt on somebody's behalf.", false, [], false)
        {
            Length = TimeSpan.FromDays(1), LiveSpeed = 60,
        },
        new("burst-exfiltration", "Stolen credentials decrypt everything at once", "A session of the application's role and a copy of the database, used from another address: KMS Decrypt for each record, as fast as it goes.", true, ["unattested-call"], true)
        {
            Length = TimeSpan.FromMinutes(3), LiveSpeed = 12, ExpectedWithHistory = ["decrypt-rate-anomaly", "role-hijack"],
        },
        new("slow-exfiltration", "Stolen credentials decrypt a few an hour", "The same thief, patient: a few records an hour, below any threshold.", true, ["unattested-call"], true)
        {
            Length = TimeSpan.FromHours(12), LiveSpeed = 1800, ExpectedWithHistory = ["role-hijack"],
        },
        new("attested-exfiltration", "Stolen Keys, through the application", "Names and Keys were stolen, and the thief asks the application itself: every call is attested. A few an hour first, then in bulk. Only rates, spread and the client's tag can show it.", true, [], false)
        {
            Length = TimeSpan.FromHours(120), LiveSpeed = 14400, ExpectedWithHistory = ["decrypt-spread", "decrypt-spread-slow", "decrypt-rate-anomaly"],
        },
        new("key-guessing", "Somebody guesses Keys", "The lab's own attack: wrong Keys through the API. KMS itself refuses each.", true, ["kms-error-burst"], false)
        {
            Length = TimeSpan.FromMinutes(2), LiveSpeed = 10,
        },
        new("key-tampering", "The key is disabled, scheduled for deletion and exchanged", "An administrator gone bad disables the key, schedules its deletion and points its alias to another key.", true, ["key-tampering"], false)
        {
            Length = TimeSpan.FromMinutes(5), LiveSpeed = 30,
        },
        new("trail-blinding", "The trail is blinded", "KMS is excluded from the trail by a basic selector, by an advanced one, and then logging is stopped.", true, ["trail-blinding"], false)
        {
            Length = TimeSpan.FromMinutes(10), LiveSpeed = 40,
        },
        new("grant-backdoor", "A grant and a policy let an outsider in", "A grant for another account's role, and a key policy that opens the key to that account.", true, ["key-exposure"], false)
        {
            Length = TimeSpan.FromMinutes(5), LiveSpeed = 30,
        },
        new("dry-run-probing", "New credentials find out what they may do", "DryRun calls of several operations on several keys: nothing is read yet.", true, ["dry-run-probing"], false)
        {
            Length = TimeSpan.FromMinutes(3), LiveSpeed = 20,
        },
        new("ransom", "Data is encrypted under a key made for it", "A new key, and then GenerateDataKey and Encrypt in bulk under it: what is encrypted so, only its owner gives back.", true, ["ransom-pattern"], false)
        {
            Length = TimeSpan.FromMinutes(5), LiveSpeed = 20,
        },
    ];

    /// <summary>The scenario with this id, or null.</summary>
    public static ScenarioInfo? Find(string id) => All.FirstOrDefault(scenario => scenario.Id == id);
}
