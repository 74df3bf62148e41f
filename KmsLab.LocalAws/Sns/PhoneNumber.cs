namespace KmsLab.LocalAws.Sns;

/// <summary>Numbers that text messages go to: digits of E.164, with or without the plus sign.</summary>
internal static class PhoneNumber
{
    private const int MinDigits = 5;
    private const int MaxDigits = 20;

    public static bool IsValid(string number)
    {
        var digits = number.StartsWith('+') ? number.AsSpan(1) : number;
        return digits.Length is >= MinDigits and <= MaxDigits && !digits.ContainsAnyExceptInRange('0', '9');
    }
}
