using System.Text;
using System.Text.Json.Nodes;

namespace KmsLab.Tests.CryptoApi.Http;

/// <summary>Requests with headers of the test's choice.</summary>
internal static class JsonRequests
{
    /// <summary>Sends a request; the caller disposes the answer.</summary>
    public static async Task<HttpResponseMessage> AskAsync(this CryptoApiHost api, HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value).ShouldBeTrue();
        return await api.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public static async Task<JsonNode> JsonAsync(this HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
}
