using System.Collections.Concurrent;
using KmsLab.LocalAws.Kms;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Upstream;

/// <summary>Finds the KMS keys of a forwarded call for its record: the upstream answers with ARNs, requests often name aliases.</summary>
internal sealed class UpstreamKeys
{
    private const int MaxAliases = 10_000;

    // What an alias stood for when the upstream last said so: a refused call names only the alias.
    private readonly ConcurrentDictionary<(RegionScope, string), string> _aliases = new();

    /// <summary>Puts the keys of a KMS call on its record, the source of ReEncrypt first.</summary>
    public void Touch(AwsCall call, object request, object? response)
    {
        if (call.Service is not KmsService)
            return;

        var asked = Members(call.Operation.RequestShape, request);
        var answered = response is null ? [] : Members(call.Operation.ResponseShape, response);
        Learn(call.Scope, asked.GetValueOrDefault("keyId"), answered.GetValueOrDefault("keyId"));

        string?[] names =
        [
            answered.GetValueOrDefault("sourceKeyId") ?? asked.GetValueOrDefault("sourceKeyId"),
            answered.GetValueOrDefault("arn") ?? answered.GetValueOrDefault("keyId")
                ?? asked.GetValueOrDefault("keyId") ?? asked.GetValueOrDefault("destinationKeyId") ?? asked.GetValueOrDefault("targetKeyId"),
        ];
        foreach (var name in names)
        {
            if (name is not null && Arn(call.Scope, name) is { } arn)
                call.Touch(arn, KeyFinder.ResourceType);
        }
    }

    private void Learn(RegionScope scope, string? asked, string? answered)
    {
        if (asked?.StartsWith("alias/", StringComparison.Ordinal) == true && answered?.StartsWith("arn:", StringComparison.Ordinal) == true && _aliases.Count < MaxAliases)
            _aliases[(scope, asked)] = answered;
    }

    private string? Arn(RegionScope scope, string name)
    {
        if (name.StartsWith("arn:", StringComparison.Ordinal))
            return name;
        return name.StartsWith("alias/", StringComparison.Ordinal)
            ? _aliases.GetValueOrDefault((scope, name))
            : scope.Arn("kms", $"key/{name}");
    }

    /// <summary>The members that name keys, and those of a KeyMetadata inside.</summary>
    private static Dictionary<string, string> Members(Shape shape, object value)
    {
        var found = new Dictionary<string, string>();
        foreach (var member in shape.Members)
        {
            if (member.TrailName is "keyId" or "sourceKeyId" or "destinationKeyId" or "targetKeyId" or "arn" && member.Get(value) is string name)
                found[member.TrailName] = name;
            else if (member.TrailName == "keyMetadata" && member.Get(value) is { } metadata)
                return Members(member.Nested!, metadata);
        }

        return found;
    }
}
