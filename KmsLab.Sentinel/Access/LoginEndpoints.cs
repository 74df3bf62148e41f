using System.Data.Common;
using System.Globalization;
using System.Security.Claims;
using KmsLab.Sentinel.Access.Pages;
using KmsLab.Sentinel.Languages;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace KmsLab.Sentinel.Access;

/// <summary>
/// <c>/login</c> exchanges a key for a session's cookie, <c>/logout</c> ends it. Plain forms, which work without script. What comes back is checked here
/// rather than by the framework's filter, so that a form that lay around for too long is answered with a new one.
/// </summary>
internal sealed partial class LoginEndpoints(
    AccessSettings settings, LoginLimit limit, EndedSessions ended, IAntiforgery antiforgery, Texts texts, ILogger<LoginEndpoints> logger)
{
    private const int MaxBody = 16 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/login", (HttpContext http, LoginEndpoints login) => login.Ask(http)).AllowAnonymous().WithMetadata(InDoubt.Nobody);
        routes.MapPost("/login", (HttpContext http, LoginEndpoints login) => login.SignInAsync(http)).AllowAnonymous().WithMetadata(InDoubt.Nobody, new RequestSizeLimitAttribute(MaxBody));
        routes.MapGet("/logout", (HttpContext http, LoginEndpoints login) => login.AskToLeave(http));
        routes.MapPost("/logout", (HttpContext http, LoginEndpoints login) => login.SignOutAsync(http)).WithMetadata(new RequestSizeLimitAttribute(MaxBody));
    }

    private IResult Ask(HttpContext http)
    {
        var returnUrl = LocalPath.Of(http.Request.Query["returnUrl"]);
        return http.User.Identity is { IsAuthenticated: true } ? TypedResults.LocalRedirect(returnUrl) : Form(http, returnUrl, null, StatusCodes.Status200OK);
    }

    private async Task<IResult> SignInAsync(HttpContext http)
    {
        if (!settings.HasKeys)
            return Form(http, "/", null, StatusCodes.Status403Forbidden);
        if (await ReadAsync(http) is not { } form)
            return Form(http, "/", texts["Login.TooOld"], StatusCodes.Status400BadRequest);

        var returnUrl = LocalPath.Of(form["returnUrl"]);
        if (limit.Try(http.Connection.RemoteIpAddress) is { } wait)
        {
            http.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            return Form(http, returnUrl, texts["Login.TooMany"], StatusCodes.Status429TooManyRequests);
        }

        if (Caller.OfKey(form["key"].ToString().Trim(), settings.Keys) is not { } caller)
        {
            LogWrongKey(logger, http.Connection.RemoteIpAddress);
            return Form(http, returnUrl, texts["Login.NoKey"], StatusCodes.Status401Unauthorized);
        }

        await http.SignInAsync(SessionCookie.Scheme, new ClaimsPrincipal(Caller.WithSession(caller)));
        LogSignedIn(logger, caller.Name, http.Connection.RemoteIpAddress);
        return TypedResults.LocalRedirect(returnUrl);
    }

    private RazorComponentResult<Logout> AskToLeave(HttpContext http)
    {
        var token = antiforgery.GetAndStoreTokens(http);
        return new(new { Base = http.Request.PathBase.Value, Name = http.User.Identity?.Name, TokenField = token.FormFieldName, Token = token.RequestToken });
    }

    private async Task<IResult> SignOutAsync(HttpContext http)
    {
        if (await ReadAsync(http) is null)
            return AskToLeave(http);
        if (http.User.FindFirstValue(Caller.Session) is { } session && !await EndAsync(http, session))
            return new UnavailablePage();

        await http.SignOutAsync(SessionCookie.Scheme);
        return TypedResults.LocalRedirect("~/login");
    }

    /// <summary>Ends the session in the database, or nowhere: a cookie that was only deleted here would live on in its copies.</summary>
    private async Task<bool> EndAsync(HttpContext http, string session)
    {
        var ticket = (await http.AuthenticateAsync(SessionCookie.Scheme)).Properties;
        var life = ticket?.ExpiresUtc - ticket?.IssuedUtc ?? settings.Access.SessionLife;
        try
        {
            await ended.EndAsync(session, life, http.RequestAborted);
        }
        catch (DbException)
        {
            return false;
        }

        LogSignedOut(logger, http.User.Identity?.Name);
        return true;
    }

    private IResult Form(HttpContext http, string returnUrl, string? problem, int status)
    {
        if (!settings.HasKeys)
            return new ClosedPage(settings);

        var token = antiforgery.GetAndStoreTokens(http);
        return new RazorComponentResult<Login>(new
        {
            Base = http.Request.PathBase.Value,
            ReturnUrl = returnUrl,
            Problem = problem,
            TokenField = token.FormFieldName,
            Token = token.RequestToken,
        })
        { StatusCode = status };
    }

    /// <summary>The form that was sent; null if it isn't one that we gave to this browser.</summary>
    private async Task<IFormCollection?> ReadAsync(HttpContext http) =>
        http.Request.HasFormContentType && await antiforgery.IsRequestValidAsync(http) ? await http.Request.ReadFormAsync(http.RequestAborted) : null;

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} signed in from {Address}")]
    private static partial void LogSignedIn(ILogger logger, string? client, System.Net.IPAddress? address);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Client} signed out")]
    private static partial void LogSignedOut(ILogger logger, string? client);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody tried a wrong key at the login, from {Address}")]
    private static partial void LogWrongKey(ILogger logger, System.Net.IPAddress? address);

    private sealed class UnavailablePage : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Refusal.UnavailableAsync(httpContext);
    }

    /// <summary>No form, since none could succeed.</summary>
    private sealed class ClosedPage(AccessSettings settings) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Refusal.ClosedAsync(httpContext, settings);
    }
}
