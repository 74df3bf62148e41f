namespace KmsLab.Tests.Architecture.Samples;

internal static class InSwitch
{
    public static string Run(int value) => value switch
    {
        0 => "none",
        1 => "one",
        2 => "two",
        3 => new Known.Inner(3).ToString(),
        _ => "many",
    };
}
