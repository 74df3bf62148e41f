namespace KmsLab.CryptoApi.Encryption;

/// <summary>
/// What the store holds can't be what this service wrote: it was altered, cut or mixed up. Never the caller's mistake; a wrong Key is refused earlier, by KMS.
/// </summary>
internal sealed class DamagedRecordException(string what, Exception? inner = null) : Exception($"A stored record is damaged: {what}.", inner);
