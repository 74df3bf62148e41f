using System.Net;
using System.Net.Http.Headers;
using System.Text;
using CsCheck;
using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.Tests.LocalAws;

/// <summary>Odd requests to every operation in every protocol: AWS's own errors or an answer, never a 500, never a hang, and the state keeps taking writes.</summary>
public sealed class FuzzTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private readonly LocalAwsHost _aws = fixture.Host;

    [Fact]
    public async Task Odd_members_in_json_are_answered_never_with_500() =>
        await Gen.Select(Gen.OneOf([.. Operations(service => service.TargetPrefix.Length > 0)]), Value.Array[8]).SampleAsync(async (target, values) =>
        {
            var members = target.Operation.RequestShape.Members.Select((member, i) => (member.Name, Value: values[i % values.Length])).Where(member => member.Value.Length > 0);
            var body = $"{{{string.Join(',', members.Select(member => $"\"{member.Name}\":{member.Value}"))}}}";
            using var response = await _aws.PostJsonAsync(target.Service.SigningName, $"{target.Service.TargetPrefix}.{target.Operation.Name}", body);
            await CheckAsync(response, target, body);
        }, iter: 600, threads: 1);

    [Fact]
    public async Task Odd_members_in_query_are_answered_never_with_500() =>
        await Gen.Select(Gen.OneOf([.. Operations(service => service.XmlNamespace is not null)]), Gen.Select(Suffix, Text).Array[8]).SampleAsync(async (target, values) =>
        {
            var members = target.Operation.RequestShape.Members.Select((member, i) => $"{member.Name}{values[i % values.Length].Item1}={values[i % values.Length].Item2}");
            var body = $"Action={target.Operation.Name}&{string.Join('&', members)}";
            using var response = await _aws.PostQueryAsync(target.Service.SigningName, body);
            await CheckAsync(response, target, body);
        }, iter: 300, threads: 1);

    [Fact]
    public async Task Random_bytes_are_answered_never_with_500() =>
        await Gen.Select(Gen.OneOf([.. Operations(service => service.TargetPrefix.Length > 0)]), Gen.Byte.Array[0, 64], Gen.Bool).SampleAsync(async (target, bytes, isCbor) =>
        {
            using var response = isCbor
                ? await _aws.PostCborAsync(target.Service.SigningName, target.Service.TargetPrefix, target.Operation.Name, bytes)
                : await PostBytesAsync(target, bytes);
            await CheckAsync(response, target, Convert.ToHexString(bytes));
        }, iter: 600, threads: 1);

    private IEnumerable<(AwsService Service, Operation Operation)> Operations(Func<AwsService, bool> speaks) =>
        from service in _aws.Services.GetServices<AwsService>()
        where speaks(service)
        from operation in service.Operations.Values
        select (service, operation);

    private async Task<HttpResponseMessage> PostBytesAsync((AwsService Service, Operation Operation) target, byte[] bytes)
    {
        using var http = _aws.Http();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1") } } };
        request.Headers.TryAddWithoutValidation("X-Amz-Target", $"{target.Service.TargetPrefix}.{target.Operation.Name}");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIAFUZZ/20260101/us-east-1/{target.Service.SigningName}/aws4_request, SignedHeaders=host, Signature=00");
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private async Task CheckAsync(HttpResponseMessage response, (AwsService Service, Operation Operation) target, string body)
    {
        ((int)response.StatusCode).ShouldBeLessThan(500, $"{target.Service.SigningName} {target.Operation.Name} {body}");
        response.Headers.Contains("x-amzn-RequestId").ShouldBeTrue();
        if (response.StatusCode != HttpStatusCode.OK)
            (await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).ShouldNotBeEmpty();
        _aws.Services.GetRequiredService<StateStore>().Failure.ShouldBeNull($"{target.Operation.Name} {body}");
    }

    private static Gen<string> Leaf { get; } = Gen.OneOf(
        "", "null", "true", "0", "-1", "1", "7", "9223372036854775807", "1e400", "0.5", "\"\"", "\"x\"", "\"x y\"", "\"\\ud800\"", "\"\\u0000\"", "\"alias/x\"", "\"alias/aws/s3\"", "\"kmslab\"",
        "\"arn:\"", "\"arn:aws:kms:us-east-1:000000000000:key/x\"", "\"arn:aws:kms:us-east-1:000000000000:alias/x\"", "\"00000000-0000-4000-8000-000000000000\"", "\"AQAA\"",
        "\"Decrypt\"", "\"AES_256\"", "\"SYMMETRIC_DEFAULT\"", "[null]", "[\"x\",null]", "[\"Decrypt\"]", "{\"a\":null}", "{\"a\":\"b\"}", "[{}]", "[{\"TagKey\":\"a\",\"TagValue\":\"b\"},null]",
        "[{\"FieldSelectors\":[null]}]", "[{\"FieldSelectors\":[{\"Field\":\"eventCategory\",\"Equals\":[null]}]}]", "[{\"AttributeKey\":\"ReadOnly\",\"AttributeValue\":\"x\"}]", "\"a21zOg==\"");

    private static Gen<string> Value { get; } = Gen.Recursive<string>((depth, child) => depth == 2 ? Leaf : Gen.Frequency(
        (8, Leaf),
        (1, child.Array[0, 3].Select(items => $"[{string.Join(',', items.Where(item => item.Length > 0))}]")),
        (1, Gen.Select(Gen.OneOf("TagKey", "Key", "Field", "ReadWriteType", ""), child).Select((name, item) => $"{{\"{name}\":{(item.Length > 0 ? item : "0")}}}"))));

    private static Gen<string> Suffix { get; } = Gen.OneOf("", ".member.1", ".1", ".member", ".entry.1.key", ".entry.1.value", ".a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q", ".member.99999999999");

    private static Gen<string> Text { get; } = Gen.OneOf(
        Gen.OneOf("", "1", "-1", "900", "true", "x", "%00", "%", "%ZZ", "%ED%A0%80", "arn:aws:iam::000000000000:role/r", "2026-01-01T00:00:00Z", "NaN", "1e999"), Gen.String[0, 10].Select(text => WebUtility.UrlEncode(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)))));
}
