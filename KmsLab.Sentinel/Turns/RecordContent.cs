using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using KmsLab.CloudTrail.Records;

namespace KmsLab.Sentinel.Turns;

/// <summary>
/// What a record says, as 64 bits: two records with one eventID that say different things can't both be CloudTrail's. Spelling does not matter: a copy from
/// the event history or an export says the same.
/// </summary>
/// <remarks>Cut from SHA-256, for whoever can choose what a forged record says must not be able to make it look like a copy. Never zero, which stands for unknown.</remarks>
internal static class RecordContent
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    /// <summary>Of a record: when, what, by whom, from where, on which keys, and how it ended.</summary>
    public static ulong Of(CloudTrailRecord record)
    {
        var buffer = Begin();
        Append(buffer, record.EventTime.ToUnixTimeSeconds());
        Append(buffer, record.EventSource);
        Append(buffer, record.EventName);
        Append(buffer, record.ErrorCode);
        Append(buffer, record.Identity.Arn);
        Append(buffer, record.Identity.AccessKeyId);
        Append(buffer, record.SourceIpAddress);
        Append(buffer, record.RequestId);
        foreach (var key in record.KeyArns)
            Append(buffer, key);
        foreach (var (name, value) in record.Context?.Pairs ?? [])
        {
            Append(buffer, name);
            Append(buffer, value);
        }

        return Hash(buffer);
    }

    /// <summary>
    /// Of the copies that the accounts on either side of a call get: the upper half is the call's, the same for all; the lower half the account's, which
    /// is zero where the record names none.
    /// </summary>
    public static ulong OfShared(CloudTrailRecord record)
    {
        var buffer = Begin();
        Append(buffer, record.EventTime.ToUnixTimeSeconds());
        Append(buffer, record.EventSource);
        Append(buffer, record.EventName);
        var call = Hash(buffer) | 1UL << 32;
        if (record.RecipientAccountId is not { } account)
            return call >> 32 << 32;

        buffer = Begin();
        Append(buffer, account);
        return (call >> 32 << 32) | (uint)(Hash(buffer) >> 32) | 1;
    }

    /// <summary>Whether two records with one sharedEventID are copies of one call for two accounts.</summary>
    public static bool AreCopies(ulong one, ulong other) => one >> 32 == other >> 32 && ((uint)one == 0 || (uint)other == 0 || (uint)one != (uint)other);

    private static ArrayBufferWriter<byte> Begin()
    {
        _buffer ??= new(1024);
        _buffer.ResetWrittenCount();
        return _buffer;
    }

    private static void Append(ArrayBufferWriter<byte> buffer, long number)
    {
        BinaryPrimitives.WriteInt64LittleEndian(buffer.GetSpan(sizeof(long)), number);
        buffer.Advance(sizeof(long));
    }

    /// <summary>Lengths before texts: no record can imitate another. Missing and empty are the same: an export has no other way to say it.</summary>
    private static void Append(ArrayBufferWriter<byte> buffer, string? text)
    {
        Append(buffer, text?.Length ?? 0);
        if (text is not null)
            Encoding.UTF8.GetBytes(text, buffer);
    }

    private static ulong Hash(ArrayBufferWriter<byte> buffer)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, digest);
        return BinaryPrimitives.ReadUInt64LittleEndian(digest) | 1;
    }
}
