using System.Text;
using System.Xml;

namespace KmsLab.LocalAws.Wire;

/// <summary>XML as AWS writes it: UTF-8 from the first byte, without declaration or byte-order mark.</summary>
internal static class WireXml
{
    // Characters that XML 1.0 can't hold become references, as AWS's own answers do; never an exception.
    private static readonly XmlWriterSettings Settings = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        OmitXmlDeclaration = true,
        CheckCharacters = false,
    };

    /// <summary>A writer into an answer; dispose it to flush.</summary>
    public static XmlWriter Write(WireBuffer answer) => XmlWriter.Create(new BufferStream(answer.Bytes), Settings);
}
