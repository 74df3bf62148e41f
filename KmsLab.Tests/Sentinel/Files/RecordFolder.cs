using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.Sentinel.Files;

/// <summary>A folder of files such as CloudTrail delivers.</summary>
internal sealed class RecordFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public string Path => _folder[""];

    public string this[string name] => _folder[name];

    /// <summary><c>{"Records":[...]}</c>.</summary>
    public static byte[] Delivery(params IEnumerable<JsonObject> records) =>
        Encoding.UTF8.GetBytes(new JsonObject { ["Records"] = new JsonArray([.. records]) }.ToJsonString());

    public static byte[] Lines(params IEnumerable<JsonObject> records) => Encoding.UTF8.GetBytes(string.Concat(records.Select(record => record.ToJsonString() + "\n")));

    public static byte[] Pack(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        return packed.ToArray();
    }

    public string Add(string name, byte[] bytes)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(this[name])!);
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    public void Dispose() => _folder.Dispose();
}
