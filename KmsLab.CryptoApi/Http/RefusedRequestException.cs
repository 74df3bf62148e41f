namespace KmsLab.CryptoApi.Http;

/// <summary>A request that can't be served as it is, and what to change about it.</summary>
/// <param name="status">The HTTP status to answer.</param>
/// <param name="culprit">The field at fault, or <c>body</c>, or a header's name.</param>
/// <param name="message">What is wrong, for the caller. Never repeats what was sent.</param>
internal sealed class RefusedRequestException(int status, string culprit, string message) : Exception(message)
{
    public int Status => status;

    /// <summary>The field at fault, or <c>body</c>, or a header's name.</summary>
    public string Field => culprit;
}
