using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Kms;

/// <summary>TagResource, UntagResource, ListResourceTags.</summary>
internal sealed class KeyTags(KeyFinder finder)
{
    private const int MaxTags = 50;

    public void AddTo(AwsService service)
    {
        service.Add("TagResource", OnTrail.Write, () => KmsJson.Wire.TagResourceRequest, () => KmsJson.Wire.NoOutput, Tag);
        service.Add("UntagResource", OnTrail.Write, () => KmsJson.Wire.UntagResourceRequest, () => KmsJson.Wire.NoOutput, Untag);
        service.Add("ListResourceTags", OnTrail.Read, () => KmsJson.Wire.ListResourceTagsRequest, () => KmsJson.Wire.ListResourceTagsResponse, List);
    }

    /// <summary>Adds tags to those that a key has.</summary>
    /// <exception cref="AwsException">TagException.</exception>
    public static Dictionary<string, string> Merge(Dictionary<string, string> tags, List<Tag>? added)
    {
        var merged = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        if (added is null)
            return merged;
        if (added.DistinctBy(tag => tag.TagKey).Count() != added.Count)
            throw KmsErrors.Tag("Duplicate tag keys");
        if (added.Exists(tag => tag.TagKey!.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)))
            throw KmsErrors.Tag("Tags beginning with aws: are reserved");

        added.ForEach(tag => merged[tag.TagKey!] = tag.TagValue!);
        return merged.Count <= MaxTags ? merged : throw KmsErrors.Tag("Too many tags");
    }

    private NoOutput Tag(AwsCall call, TagResourceRequest request) => finder.Ring(call).Change(() =>
    {
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        finder.Ring(call).Save(call, key with { Tags = Merge(key.Tags, request.Tags) });
        return NoOutput.Instance;
    });

    private NoOutput Untag(AwsCall call, UntagResourceRequest request) => finder.Ring(call).Change(() =>
    {
        var key = finder.ChangeableNotPendingDeletion(call, request.KeyId!);
        var left = key.Tags.Where(tag => !request.TagKeys!.Contains(tag.Key)).ToDictionary(StringComparer.Ordinal);
        finder.Ring(call).Save(call, key with { Tags = left });
        return NoOutput.Instance;
    });

    private ListResourceTagsResponse List(AwsCall call, ListResourceTagsRequest request)
    {
        var key = finder.ByIdOrArn(call, request.KeyId!);
        var tags = key.Tags.Select(tag => new Tag { TagKey = tag.Key, TagValue = tag.Value }).OrderBy(tag => tag.TagKey, StringComparer.Ordinal).ToList();
        var (page, next) = Pages.Cut(tags, tag => tag.TagKey!, request, 50);
        return new() { Tags = page, NextMarker = next, Truncated = next is not null };
    }
}
