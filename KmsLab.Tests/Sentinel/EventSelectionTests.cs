using Amazon.CloudTrail.Model;
using KmsLab.Sentinel.TrailHealth.Guard;

namespace KmsLab.Tests.Sentinel;

/// <summary>Which selectors record every call to KMS, in both forms.</summary>
public sealed class EventSelectionTests
{
    private const string Kms = "kms.amazonaws.com";

    [Fact]
    public void Basic_selectors_are_complete_unless_they_exclude_KMS_or_one_kind_of_access()
    {
        Basic(new EventSelector { ReadWriteType = "All", IncludeManagementEvents = true }).ShouldBe("all");
        Basic(new EventSelector { ReadWriteType = "All", ExcludeManagementEventSources = ["rdsdata.amazonaws.com"] }).ShouldBe("all");
        Basic(new EventSelector { ReadWriteType = "ReadOnly" }, new EventSelector { ReadWriteType = "WriteOnly" }).ShouldBe("all");

        Basic(new EventSelector { ReadWriteType = "All", ExcludeManagementEventSources = [Kms] }).ShouldContain("kms.amazonaws.com is excluded");
        Basic(new EventSelector { ReadWriteType = "WriteOnly" }).ShouldContain("reads, such as Decrypt");
        Basic(new EventSelector { ReadWriteType = "ReadOnly" }).ShouldStartWith("writes, such as ScheduleKeyDeletion");
        Basic(new EventSelector { IncludeManagementEvents = false }).ShouldContain("without management events");
        Basic().ShouldContain("no selector takes management events");
    }

    [Fact]
    public void Advanced_selectors_are_complete_unless_any_field_leaves_calls_of_KMS_out()
    {
        Advanced(Management()).ShouldBe("all");
        Advanced(Management(new AdvancedFieldSelector { Field = "eventSource", NotEquals = ["rdsdata.amazonaws.com"] })).ShouldBe("all");
        Advanced(Management(new AdvancedFieldSelector { Field = "eventSource", Equals = [Kms, "cloudtrail.amazonaws.com"] })).ShouldBe("all");
        Advanced(Management(Field("readOnly", "true")), Management(Field("readOnly", "false"))).ShouldBe("all");

        Advanced(Management(new AdvancedFieldSelector { Field = "eventSource", NotEquals = [Kms] })).ShouldContain("eventSource != kms.amazonaws.com");
        Advanced(Management(new AdvancedFieldSelector { Field = "eventSource", NotStartsWith = ["kms"] })).ShouldContain("eventSource doesn't start with kms");
        Advanced(Management(new AdvancedFieldSelector { Field = "eventSource", NotEndsWith = [".amazonaws.com"] })).ShouldContain("doesn't end with");
        Advanced(Management(Field("eventSource", "s3.amazonaws.com"))).ShouldContain("eventSource = s3.amazonaws.com");
        Advanced(Management(Field("readOnly", "false"))).ShouldBe("reads, such as Decrypt, Encrypt and GenerateDataKey, are left out (a selector with readOnly = false)");
        Advanced(Management(Field("eventName", "Decrypt"))).ShouldContain("eventName = Decrypt");
        Advanced(Management(new AdvancedFieldSelector { Field = "userIdentity.arn", NotEquals = ["arn:aws:iam::1:role/thief"] })).ShouldContain("userIdentity.arn");
        Advanced(new AdvancedEventSelector { FieldSelectors = [Field("eventCategory", "Data")] }).ShouldContain("no selector takes management events");
    }

    [Fact]
    public void Text_of_selectors_does_not_depend_on_their_order()
    {
        var one = Management(Field("readOnly", "true"));
        var other = Management(new AdvancedFieldSelector { Field = "eventSource", NotEquals = ["b", "a"] });

        EventSelection.Text(new() { AdvancedEventSelectors = [one, other] }).ShouldBe(EventSelection.Text(new() { AdvancedEventSelectors = [other, one] }));
        EventSelection.Text(new() { EventSelectors = null, AdvancedEventSelectors = null }).ShouldBe("none");
    }

    private static string Basic(params EventSelector[] selectors) => EventSelection.OfKms(new() { EventSelectors = [.. selectors] });

    private static string Advanced(params AdvancedEventSelector[] selectors) => EventSelection.OfKms(new() { AdvancedEventSelectors = [.. selectors] });

    private static AdvancedEventSelector Management(params AdvancedFieldSelector[] fields) => new() { FieldSelectors = [Field("eventCategory", "Management"), .. fields] };

    private static AdvancedFieldSelector Field(string name, string value) => new() { Field = name, Equals = [value] };
}
