using System.Text.Json.Serialization;

namespace KmsLab.Simulator.Live;

/// <summary>The body of <c>/encrypt</c>.</summary>
internal sealed record StoreBody(string Name, string Text);

/// <summary>The answer of <c>/encrypt</c>.</summary>
internal sealed record StoreAnswer(string Key);

/// <summary>The body of <c>/decrypt</c>.</summary>
internal sealed record ReadBody(string Name, string Key);

[JsonSerializable(typeof(StoreBody))]
[JsonSerializable(typeof(StoreAnswer))]
[JsonSerializable(typeof(ReadBody))]
internal sealed partial class ApiJson : JsonSerializerContext;
