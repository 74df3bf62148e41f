namespace KmsLab.Sentinel.FastPath;

/// <summary>What a call is counted by, as numbers of <see cref="CallNames"/>, packed into 16 bytes.</summary>
internal readonly record struct CallKey(ulong High, ulong Low)
{
    private const int Bits = 20;
    private const ulong Mask = (1 << Bits) - 1;

    /// <summary>All that there is no room to count apart.</summary>
    public static CallKey Other { get; } = new(ulong.MaxValue, ulong.MaxValue);

    public int Key => (int)(High >> Bits);

    public int Principal => (int)(High & Mask);

    public int Operation => (int)(Low >> (2 * Bits));

    public int Outcome => (int)((Low >> Bits) & Mask);

    public int Service => (int)(Low & Mask);

    /// <summary>Packs five numbers; <see cref="Other"/> if one of them is <see cref="NameList.None"/>.</summary>
    public static CallKey Of(int key, int principal, int operation, int outcome, int service)
    {
        if ((key | principal | operation | outcome | service) < 0)
            return Other;

        return new(((ulong)key << Bits) | (uint)principal, ((ulong)operation << (2 * Bits)) | ((ulong)outcome << Bits) | (uint)service);
    }
}
