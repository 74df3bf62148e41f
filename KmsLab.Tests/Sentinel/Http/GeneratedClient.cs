using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using NJsonSchema.CodeGeneration.CSharp;
using NSwag;
using NSwag.CodeGeneration.CSharp;

namespace KmsLab.Tests.Sentinel.Http;

/// <summary>A typed client, generated from an OpenAPI document and compiled: what a user of the document would have.</summary>
internal static class GeneratedClient
{
    private const string Name = "SentinelClient";

    /// <summary>Generates, compiles and makes one.</summary>
    public static async Task<object> MakeAsync(string json, HttpClient http)
    {
        var document = await OpenApiDocument.FromJsonAsync(json, TestContext.Current.CancellationToken);
        var settings = new CSharpClientGeneratorSettings
        {
            ClassName = Name,
            UseBaseUrl = false,
            CSharpGeneratorSettings = { Namespace = "Generated", JsonLibrary = CSharpJsonLibrary.SystemTextJson, GenerateNullableReferenceTypes = true },
        };
        var assembly = Compile(new CSharpClientGenerator(document, settings).GenerateFile());
        return Activator.CreateInstance(assembly.GetType($"Generated.{Name}", throwOnError: true)!, http)!;
    }

    private static Assembly Compile(string code)
    {
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "netstandard.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            "Generated", [CSharpSyntaxTree.ParseText(code)], references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var compiled = new MemoryStream();
        var result = compilation.Emit(compiled);
        result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ShouldBeEmpty(code);
        compiled.Position = 0;
        return new AssemblyLoadContext("Generated", isCollectible: true).LoadFromStream(compiled);
    }
}
