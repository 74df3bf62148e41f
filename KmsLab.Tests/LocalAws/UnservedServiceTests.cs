using System.Formats.Cbor;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Xml.Linq;

namespace KmsLab.Tests.LocalAws;

/// <summary>Calls to services that LocalAws doesn't serve: each answer has the form that this service's clients can read.</summary>
public sealed class UnservedServiceTests(LocalAwsFixture fixture) : IClassFixture<LocalAwsFixture>
{
    private const string Form = "application/x-www-form-urlencoded";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("dynamodb", "DynamoDB_20120810.ListTables", "application/x-amz-json-1.0")]
    [InlineData("secretsmanager", "secretsmanager.GetSecretValue", "application/x-amz-json-1.1")]
    [InlineData(null, "AWSCognitoIdentityProviderService.InitiateAuth", "application/x-amz-json-1.1")]
    public async Task Json_services_answer_in_json(string? service, string target, string contentType)
    {
        using var response = await SendAsync(HttpMethod.Post, "/", service, "{}", contentType, ("X-Amz-Target", target));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Content.Headers.ContentType!.MediaType.ShouldBe(contentType);
        response.Headers.GetValues("x-amzn-ErrorType").Single().ShouldBe("UnknownOperationException");
        (await WireTests.ErrorTypeAsync(response)).ShouldBe("UnknownOperationException");
    }

    [Theory]
    [InlineData("POST", "/", "iam", "Action=ListUsers&Version=2010-05-08")]
    [InlineData("GET", "/?Action=DescribeStacks&Version=2010-05-15", "cloudformation", null)]
    [InlineData("GET", "/2013-04-01/hostedzone", "route53", null)]
    [InlineData("GET", "/2020-05-31/distribution", "cloudfront", null)]
    [InlineData("GET", "/v20180820/accesspoint", "s3", null)]
    public async Task Query_services_and_those_like_them_answer_in_an_error_response(string method, string path, string service, string? body)
    {
        using var response = await SendAsync(new(method), path, service, body, Form);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var error = (await XmlAsync(response)).ShouldBeElement("ErrorResponse").Element("Error")!;
        error.Element("Code")!.Value.ShouldBe("InvalidAction");
        error.Element("Message")!.Value.ShouldBe($"The service {service} is not served by KmsLab LocalAws.");
    }

    [Theory]
    [InlineData("PUT", "/bucket", "s3express")]
    [InlineData("GET", "/", "s3-outposts")]
    [InlineData("POST", "/bucket?delete", "s3-object-lambda")]
    public async Task S3_answers_with_a_bare_error(string method, string path, string service)
    {
        using var response = await SendAsync(new(method), path, service);

        response.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/xml");
        var error = (await XmlAsync(response)).ShouldBeElement("Error");
        error.Element("Code")!.Value.ShouldBe("NotImplemented");
        error.Element("Message")!.Value.ShouldBe($"The service {service} is not served by KmsLab LocalAws.");
        error.Element("RequestId")!.Value.ShouldBe(response.Headers.GetValues("x-amz-request-id").Single());
    }

    [Fact]
    public async Task Ec2_answers_in_its_own_query()
    {
        using var response = await SendAsync(HttpMethod.Post, "/", "ec2", "Action=DescribeInstances&Version=2016-11-15", Form);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await XmlAsync(response)).ShouldBeElement("Response").Element("Errors")!.Element("Error")!.Element("Code")!.Value.ShouldBe("InvalidAction");
    }

    [Theory]
    [InlineData("GET", "/2015-03-31/functions", "lambda")]
    [InlineData("POST", "/v1/apis", "appsync")]
    [InlineData("GET", "/", "s3vectors")]
    public async Task Rest_services_answer_in_json(string method, string path, string service)
    {
        using var response = await SendAsync(new(method), path, service, method == "POST" ? "{}" : null, "application/json");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.GetValues("x-amzn-ErrorType").Single().ShouldBe("UnknownOperationException");
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldBe($$"""{"message":"The service {{service}} is not served by KmsLab LocalAws."}""");
    }

    [Fact]
    public async Task Cbor_services_answer_in_cbor()
    {
        using var response = await SendAsync(
            HttpMethod.Post, "/service/AmazonARCRegionSwitch/operation/ListPlans", "arc-region-switch", "\u00a0", "application/cbor", ("smithy-protocol", "rpc-v2-cbor"));

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        response.Headers.GetValues("smithy-protocol").Single().ShouldBe("rpc-v2-cbor");
        var cbor = new CborReader(await response.Content.ReadAsByteArrayAsync(Cancel));
        cbor.ReadStartMap();
        (cbor.ReadTextString(), cbor.ReadTextString()).ShouldBe(("__type", "UnknownOperationException"));
    }

    [Theory]
    [InlineData("AssumeRoleWithWebIdentity")]
    [InlineData("AssumeRoleWithSAML")]
    public async Task Call_that_AWS_takes_unsigned_hears_that_it_is_not_served(string action)
    {
        using var response = await SendAsync(HttpMethod.Post, "/", null, $"Action={action}&Version=2011-06-15", Form);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Cancel)).ShouldContain("knows no identity providers");
    }

    [Theory]
    [InlineData("CloudTrail_20131101")]
    [InlineData("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101")]
    public async Task CloudTrail_is_found_by_both_of_its_targets(string target)
    {
        using var response = await fixture.Host.PostJsonAsync("cloudtrail", $"{target}.DescribeTrails", "{}");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("cloudtrail", "v20131101.CloudTrail_20131101.DescribeTrails")]
    [InlineData("cloudtrail", "XCloudTrail_20131101.DescribeTrails")]
    [InlineData("kms", "com.amazonaws.TrentService.ListKeys")]
    public async Task Other_targets_are_unknown(string service, string target)
    {
        using var response = await fixture.Host.PostJsonAsync(service, target, "{}");

        (await WireTests.ErrorTypeAsync(response)).ShouldBe("UnknownOperationException");
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? service, string? body = null, string? contentType = null, params (string Name, string Value)[] headers)
    {
        using var http = fixture.Host.Http();
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)) { Headers = { ContentType = new MediaTypeHeaderValue(contentType!) } };
        if (service is not null)
            request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=AKIALAB/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=00");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, Cancel);
    }

    private static async Task<XElement> XmlAsync(HttpResponseMessage response)
    {
        var bytes = await response.Content.ReadAsByteArrayAsync(Cancel);
        bytes[0].ShouldBe((byte)'<', "no byte-order mark, no declaration");
        return XDocument.Parse(Encoding.UTF8.GetString(bytes)).Root!;
    }
}

file static class Elements
{
    public static XElement ShouldBeElement(this XElement element, string name)
    {
        element.Name.LocalName.ShouldBe(name);
        return element;
    }
}
