using System.Text.Json;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>How records of PutEventSelectors show the selectors, in the request and in the answer.</summary>
internal static class SelectorText
{
    private const string Everything = """[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[],"excludeManagementEventSources":[]}]""";
    private const string Excluding = """[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[],"excludeManagementEventSources":["kms.amazonaws.com"]}]""";

    private const string NotEquals =
        """[{"name":"Management events","fieldSelectors":[{"field":"eventCategory","equals":["Management"]},{"field":"eventSource","notEquals":["kms.amazonaws.com"]}]}]""";

    /// <summary>Writes the whole object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="trailMember">What the trail's member is called.</param>
    /// <param name="trail">The trail, as it stands there.</param>
    /// <param name="selection">The selectors.</param>
    public static void Write(Utf8JsonWriter json, string trailMember, string trail, EventSelection selection)
    {
        var (member, selectors) = selection switch
        {
            EventSelection.KmsExcluded => ("eventSelectors", Excluding),
            EventSelection.KmsNotEquals => ("advancedEventSelectors", NotEquals),
            _ => ("eventSelectors", Everything),
        };
        json.WriteStartObject();
        json.WriteString(trailMember, trail);
        json.WritePropertyName(member);
        json.WriteRawValue(selectors);
        json.WriteEndObject();
    }
}
