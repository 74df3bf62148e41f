using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using KmsLab.CloudTrail.Records;
using KmsLab.Tests.Sentinel;

namespace KmsLab.Tests.CloudTrail;

public sealed class RecordsReaderTests
{
    [Fact]
    public void Reader_reads_what_a_record_says()
    {
        var record = Read(TestRecords.Decrypt(errorCode: "AccessDenied", eventId: "0b6e5a3c-1f2d-4c3b-9a8e-7d6c5b4a3f2e"));

        record.EventId.ShouldBe("0b6e5a3c-1f2d-4c3b-9a8e-7d6c5b4a3f2e");
        record.Id.ToString().ShouldBe(record.EventId);
        record.EventTime.ShouldBe(TestRecords.Noon);
        record.EventSource.ShouldBe("kms.amazonaws.com");
        record.EventName.ShouldBe("Decrypt");
        record.ErrorCode.ShouldBe("AccessDenied");
        record.SourceIpAddress.ShouldBe("192.0.2.10");
        record.Region.ShouldBe("us-east-1");
        record.ReadOnly.ShouldBe(true);
        record.Identity.Type.ShouldBe("AssumedRole");
        record.Identity.SessionIssuerArn.ShouldBe(TestRecords.RoleArn);
        record.Identity.InvokedBy.ShouldBeNull();
        record.KeyArns.ShouldBe([TestRecords.KeyArn]);
        record.Context!.Pairs.ShouldBe([new("r", "record"), new("t", "tag")]);
    }

    [Fact]
    public void Reader_reads_both_keys_and_both_contexts_of_ReEncrypt()
    {
        var record = Read(TestRecords.ReEncrypt());

        record.KeyArns.ShouldBe([TestRecords.KeyArn, TestRecords.OtherKeyArn]);
        record.Context!["from"].ShouldBe("a");
        record.DestinationContext!["to"].ShouldBe("b");
    }

    [Fact]
    public void Reader_reads_a_service_event_without_a_caller()
    {
        var record = Read(TestRecords.ServiceEvent());

        record.Identity.ShouldBe(new UserIdentity(null, null, null, TestRecords.Account, null, null, "AWS Internal", null));
        record.RequestId.ShouldBeNull();
        record.Context.ShouldBeNull();
    }

    [Fact]
    public void Reader_accepts_a_denied_call_without_parameters_and_resources()
    {
        var record = Read(TestRecords.Denied());

        record.KeyArns.ShouldBeEmpty();
        record.Context.ShouldBeNull();
    }

    [Theory]
    [InlineData("1234abcd-12ab-34cd-56ef-1234567890ab", TestRecords.KeyArn)]
    [InlineData("alias/kmslab", "arn:aws:kms:us-east-1:000000000000:alias/kmslab")]
    [InlineData(TestRecords.OtherKeyArn, TestRecords.OtherKeyArn)]
    public void Reader_takes_the_key_from_the_parameters_when_there_are_no_resources(string keyId, string expected)
    {
        var record = Read(TestRecords.Denied().With(r => r["requestParameters"] = new JsonObject { ["keyId"] = keyId }));

        record.KeyArns.ShouldBe([expected]);
    }

    [Fact]
    public void Reader_takes_a_key_whose_resource_has_no_type()
    {
        var record = Read(TestRecords.Decrypt().With(r => r["resources"]![0]!.AsObject().Remove("type")));

        record.KeyArns.ShouldBe([TestRecords.KeyArn]);
    }

    [Theory]
    [InlineData("AWS::S3::Object", TestRecords.KeyArn)]
    [InlineData(null, "arn:aws:s3:::bucket/key/object")]
    public void Reader_passes_over_resources_that_are_no_keys(string? type, string arn)
    {
        var record = Read(TestRecords.Decrypt().With(r => r["resources"] = new JsonArray(new JsonObject { ["type"] = type, ["ARN"] = arn }, "odd", 7, null)));

        record.KeyArns.ShouldBeEmpty();
    }

    [Fact]
    public void Reader_keeps_the_addendum_and_the_shared_id()
    {
        var shared = Guid.NewGuid().ToString();
        var record = Read(TestRecords.CrossAccount(shared).With(r => r["addendum"] = new JsonObject { ["reason"] = "UPDATED_DATA", ["originalEventID"] = "one" }));

        record.SharedEventId.ShouldBe(shared);
        record.Addendum.ShouldBe(new RecordAddendum("UPDATED_DATA", "one"));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("\"true\"", true)]
    [InlineData("\"false\"", false)]
    [InlineData("null", null)]
    [InlineData("{\"a\":1}", null)]
    public void Reader_takes_readOnly_for_what_it_says(string json, bool? expected)
    {
        var record = Read(TestRecords.Decrypt().With(r => r["readOnly"] = JsonNode.Parse(json)));

        record.ReadOnly.ShouldBe(expected);
    }

    [Fact]
    public void Reader_takes_odd_types_and_empty_strings_leniently()
    {
        var record = Read(TestRecords.Decrypt().With(r =>
        {
            r["userIdentity"] = "somebody";
            r["requestParameters"] = "HIDDEN_DUE_TO_SECURITY_REASONS";
            r["resources"] = new JsonObject();
            r["errorCode"] = "";
            r["sourceIPAddress"] = 7;
            r["addendum"] = new JsonArray(1, 2);
            r["somethingNew"] = new JsonObject { ["eventSource"] = "inner" };
        }));

        record.Identity.ShouldBe(new UserIdentity(null, null, null, null, null, null, null, null));
        record.ErrorCode.ShouldBeNull();
        record.SourceIpAddress.ShouldBe("7");
        record.KeyArns.ShouldBeEmpty();
        record.EventSource.ShouldBe("kms.amazonaws.com");
    }

    [Fact]
    public void Reader_unescapes_text()
    {
        var json = TestRecords.Decrypt().ToJsonString().Replace("\"192.0.2.10\"", "\"caf\\u00e9 \\\"x\\\"\"", StringComparison.Ordinal);

        CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(json), RecordInterest.Everything).Record!.SourceIpAddress.ShouldBe("café \"x\"");
    }

    [Fact]
    public void Reader_identifies_a_record_without_eventID_by_its_content()
    {
        var utf8 = TestRecords.Decrypt().With(r => r.Remove("eventID")).Utf8();

        var first = CloudTrailRecordReader.Read(utf8, RecordInterest.Everything).Record!;
        var second = CloudTrailRecordReader.Read(utf8, RecordInterest.Everything).Record!;

        second.Id.ShouldBe(first.Id);
        second.EventId.ShouldBe(first.EventId);
        first.Id.ShouldNotBe(Read(TestRecords.Decrypt().With(r => r.Remove("eventID"))).Id);
    }

    [Theory]
    [InlineData("not json", "It is not valid JSON")]
    [InlineData("", "It is not valid JSON")]
    [InlineData("[1]", "It is not a JSON object.")]
    [InlineData("{\"eventSource\":\"kms.amazonaws.com\"", "It is not valid JSON")]
    [InlineData("{}", "It has no eventTime")]
    [InlineData("""{"eventTime":"yesterday"}""", "It has no eventTime")]
    [InlineData("""{"eventTime":"2026-11-23T12:00:00Z"}""", "It has no eventSource")]
    [InlineData("""{"eventTime":"2026-11-23T12:00:00Z","eventSource":"kms.amazonaws.com"}""", "It has no eventName")]
    [InlineData("""{"eventVersion":"2.0","eventTime":"2026-11-23T12:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt"}""", "Its eventVersion is not 1.x")]
    [InlineData("""{"eventTime":"2026-11-23T12:00:00Z","eventSource":"kms.amazonaws.com","eventName":"Decrypt"} x""", "It is not valid JSON")]
    public void Reader_says_what_is_wrong_with_a_malformed_record(string json, string problem)
    {
        var reading = CloudTrailRecordReader.Read(Encoding.UTF8.GetBytes(json), RecordInterest.Everything);

        reading.Record.ShouldBeNull();
        reading.Problem.ShouldNotBeNull().ShouldStartWith(problem);
    }

    [Theory]
    [InlineData("User: arn:aws:iam::1:user/x is not authorized to perform: kms:PutKeyPolicy on resource: {0}", true)]
    [InlineData("User: x is not authorized to perform: kms:PutKeyPolicy on resource: {0} because no resource-based policy allows the action", true)]
    [InlineData("User: x is not authorized to perform: kms:PutKeyPolicy on resource: arn:aws:iam::1:role/{0}", false)]
    [InlineData("User: {0} is not authorized", false)]
    public void Key_of_a_refused_call_without_parameters_is_that_of_its_message(string message, bool names)
    {
        var refused = TestRecords.Decrypt().With(r =>
        {
            (r["errorCode"], r["errorMessage"], r["requestParameters"]) = ("AccessDenied", string.Format(null, message, TestRecords.KeyArn), null);
            r.Remove("resources");
        });

        Read(refused).KeyArns.ShouldBe(names ? [TestRecords.KeyArn] : []);
    }

    [Theory]
    [InlineData("eusc-de-east-1", "aws-eusc")]
    [InlineData("us-iso-east-1", "aws-iso")]
    [InlineData("us-isob-east-1", "aws-iso-b")]
    [InlineData("eu-isoe-west-1", "aws-iso-e")]
    [InlineData("us-isof-south-1", "aws-iso-f")]
    [InlineData("us-gov-west-1", "aws-us-gov")]
    [InlineData("cn-north-1", "aws-cn")]
    [InlineData("eu-west-1", "aws")]
    public void Bare_key_id_gets_the_partition_of_its_Region(string region, string partition)
    {
        var bare = TestRecords.Decrypt().With(r =>
        {
            (r["awsRegion"], r["requestParameters"]) = (region, new JsonObject { ["keyId"] = "1234abcd" });
            r.Remove("resources");
        });

        Read(bare).KeyArns.ShouldHaveSingleItem().ShouldStartWith($"arn:{partition}:kms:{region}:");
    }

    [Fact]
    public void Reader_leaves_records_that_nobody_asked_for()
    {
        var s3 = TestRecords.Decrypt().With(r => r["eventSource"] = "s3.amazonaws.com").Utf8();

        var reading = CloudTrailRecordReader.Read(s3, new RecordInterest("kms.amazonaws.com"));

        reading.ShouldBe(RecordReading.NotOfInterest);
    }

    [Fact]
    public void Reader_allocates_nothing_for_records_that_nobody_asked_for()
    {
        var s3 = TestRecords.Decrypt().With(r => r["eventSource"] = "s3.amazonaws.com").Utf8();
        var interest = new RecordInterest("kms.amazonaws.com", "iam.amazonaws.com");
        CloudTrailRecordReader.Read(s3, interest);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            CloudTrailRecordReader.Read(s3, interest);

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    [Fact]
    public void Reader_never_throws_on_a_damaged_record() =>
        Gen.Select(Gen.Int[0, 1200], Gen.Byte, Gen.Int[0, 1200]).Sample(damage =>
        {
            var (at, value, length) = damage;
            var utf8 = TestRecords.ReEncrypt().Utf8();
            utf8[at % utf8.Length] = value;
            var reading = CloudTrailRecordReader.Read(utf8.AsSpan(0, Math.Min(utf8.Length, length < 300 ? utf8.Length : length)), RecordInterest.Everything);
            return reading.Record is null != (reading.Problem is null);
        });

    private static CloudTrailRecord Read(JsonObject record)
    {
        var reading = CloudTrailRecordReader.Read(record.Utf8(), RecordInterest.Everything);
        reading.Problem.ShouldBeNull();
        return reading.Record.ShouldNotBeNull();
    }
}
