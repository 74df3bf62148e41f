using Microsoft.AspNetCore.Http.HttpResults;

namespace KmsLab.CryptoApi.Http;

/// <summary>Answers of failure: problem details (RFC 9457) that also carry the lab's <c>Message</c>.</summary>
internal static class Problems
{
    /// <summary>The lab's words for a wrong Key; for an unknown Name too.</summary>
    public const string WrongKeyMessage = "Data decryption failed, make sure you have the correct key";

    /// <summary>Refused. One answer, whether the Name is unknown or the Key wrong.</summary>
    public static ProblemHttpResult WrongKey(string message = WrongKeyMessage) => Create(StatusCodes.Status400BadRequest, "Wrong Key or no such Name", message);

    /// <summary>The name is taken, and its current Key did not come along.</summary>
    public static ProblemHttpResult NameTaken() => Create(
        StatusCodes.Status409Conflict, "Name taken", "A record with this Name exists. To replace it, send its current Key along.", "Name");

    /// <summary>A failure with the member <c>Message</c>, and <c>field</c> where one is at fault.</summary>
    public static ProblemHttpResult Create(int status, string title, string message, string? field = null)
    {
        var members = new Dictionary<string, object?> { ["Message"] = message };
        if (field is not null)
            members["field"] = field;
        return TypedResults.Problem(detail: message, statusCode: status, title: title, extensions: members);
    }
}
