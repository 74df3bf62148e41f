using System.Numerics;
using KmsLab.Sentinel.Trail;

namespace KmsLab.Sentinel.Knowledge.Readers;

/// <summary>On which of the last days somebody read a record: a set of days, so neither order nor repetition matters.</summary>
/// <param name="LastDay">The last day, in days since 1970.</param>
/// <param name="Mask">Bit n: it was read n days before that. Zero: never.</param>
internal readonly record struct ReadDays(long LastDay, uint Mask)
{
    /// <summary>How many days back a read is remembered.</summary>
    public const int Remembered = 31;

    /// <summary>The first day that is remembered; meaningless where there is none.</summary>
    public long FirstDay => LastDay - (Remembered - BitOperations.LeadingZeroCount(Mask));

    /// <summary>Takes note of a read.</summary>
    /// <returns>What is known then, and how the read is to be taken.</returns>
    public (ReadDays After, ReadingKind Kind) Add(long day)
    {
        if (Mask == 0)
            return (new(day, 1), ReadingKind.New);

        if (day > LastDay)
        {
            var since = day - LastDay;
            var shifted = since <= Remembered ? Mask << (int)since : 0;
            return (new(day, shifted | 1), shifted == 0 ? ReadingKind.New : ReadingKind.FirstToday);
        }

        // A late one: the days after it are known already, so the record is not new to its reader any more.
        var bit = LastDay - day <= Remembered ? 1u << (int)(LastDay - day) : 0;
        return bit == 0 || (Mask & bit) != 0 ? (this, ReadingKind.Repeated) : (new(LastDay, Mask | bit), ReadingKind.FirstToday);
    }
}
