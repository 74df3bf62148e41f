using System.Data.Common;
using KmsLab.Sentinel.Access;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Turns;
using Microsoft.AspNetCore.Components.Authorization;

namespace KmsLab.Sentinel.Dashboard;

/// <summary>Signs what a viewer does: with their login, the load balancer's name, or the name that they give themselves where no login is needed.</summary>
internal sealed class Signature(ViewerName viewer, Texts texts)
{
    /// <summary>Tells whether viewers say their name themselves.</summary>
    public static async Task<bool> IsOwnWordAsync(Task<AuthenticationState>? authentication) =>
        authentication is not null && (await authentication).User.Identity?.AuthenticationType == Caller.ByLoopback;

    /// <summary>Does something in the viewer's name.</summary>
    /// <param name="authentication">Who views.</param>
    /// <param name="act">Takes the name, and gives what was wrong or null.</param>
    /// <returns>Why it was not done, for people; null when it was.</returns>
    public async Task<string?> ActAsync(Task<AuthenticationState>? authentication, Func<string, Task<string?>> act)
    {
        if (authentication is null || (await authentication).User.Identity is not { IsAuthenticated: true, Name: { Length: > 0 } name } identity)
            return texts["Wrong.Session"];

        try
        {
            return await act(identity.AuthenticationType == Caller.ByLoopback ? await viewer.SignAsync(name) : name);
        }
        catch (DbException problem)
        {
            return texts["Wrong.NotDone", LoopStatus.Describe(problem)];
        }
    }
}
