using System.Text.RegularExpressions;

namespace KmsLab.Sentinel.Turns;

/// <summary>Knows the log streams that CloudTrail writes: what stands in another one of the trail's group was put there by somebody else.</summary>
/// <remarks>
/// <c>{account}_CloudTrail_{region}</c>, with <c>_2</c> and so on at volume; an organisation's trail begins with its id, <c>o-...</c>. A name proves nothing,
/// for whoever may write to the group may write to these streams too: see <see cref="Trail.RecordDoubt"/>.
/// </remarks>
internal static partial class CloudTrailStreams
{
    public static bool IsOwn(string stream) => Own().IsMatch(stream);

    [GeneratedRegex(@"^(o-[a-z0-9]{4,32}_)?\d{12}_CloudTrail_[a-z]{2,5}(-[a-z0-9]+)+(_\d+)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Own();
}
