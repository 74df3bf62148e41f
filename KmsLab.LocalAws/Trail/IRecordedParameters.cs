using System.Text.Json;

namespace KmsLab.LocalAws.Trail;

/// <summary>A request that writes its own <c>requestParameters</c>, since its protocol has no shapes.</summary>
internal interface IRecordedParameters
{
    /// <summary>Writes the record's <c>requestParameters</c>.</summary>
    void WriteParameters(Utf8JsonWriter json);
}
