namespace KmsLab.Tests.Architecture.Samples;

[System.Text.Json.Serialization.JsonDerivedType(typeof(List<Known>))]
internal sealed record InAttribute;
