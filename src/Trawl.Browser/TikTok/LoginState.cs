using Microsoft.Playwright;
using Trawl.Browser.Pool;
using Trawl.Browser.Profiles;
using Trawl.Failures;

namespace Trawl.Browser.TikTok;

/// <summary>Whether a profile is logged in to TikTok.</summary>
public enum Login
{
    /// <summary>Nothing says so, nothing speaks against it.</summary>
    Uncertain,

    /// <summary>It is.</summary>
    In,

    /// <summary>It is not.</summary>
    Out,
}

/// <summary>Looks whether a profile is logged in: at its cookies, then at what the start page offers.</summary>
public sealed class LoginState(BrowserPool pool)
{
    static readonly string[] SessionCookies = ["sessionid", "sessionid_ss", "sid_tt"];

    const string SignsOfIn = "[data-e2e='profile-icon'], [data-e2e='nav-profile'] img, .profile-avatar, a[href='/logout']";
    const string SignsOfOut = "[data-e2e='top-login-button'], #header-login-button, [data-e2e='nav-login-button'], .login-button";

    /// <summary>Looks.</summary>
    /// <exception cref="TrawlException">The page could not be seen.</exception>
    public Task<Login> SeeAsync(BrowserWish wish, BrowserProfile? profile, TimeSpan patience, CancellationToken cancellation) =>
        pool.UseAsync(wish, profile, (page, token) => SeeAsync(page, patience, token), cancellation);

    async Task<Login> SeeAsync(IPage page, TimeSpan patience, CancellationToken cancellation)
    {
        var site = pool.Options.TikTok;
        pool.Network.Guard.Check(site);
        await page.GotoAsync(site.AbsoluteUri, new() { WaitUntil = WaitUntilState.DOMContentLoaded, Timeout = 30_000 })
            .WaitAsync(cancellation)
            .ConfigureAwait(false);
        var cookies = await page.Context.CookiesAsync([site.AbsoluteUri]).WaitAsync(cancellation).ConfigureAwait(false);
        if (cookies.Any(c => SessionCookies.Contains(c.Name) && c.Value.Length > 0))
            return Login.In;
        try
        {
            await page.Locator($"{SignsOfIn}, {SignsOfOut}")
                .First.WaitForAsync(new() { State = WaitForSelectorState.Attached, Timeout = (float)patience.TotalMilliseconds })
                .WaitAsync(cancellation)
                .ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Login.Uncertain;
        }
        var (signsOfIn, signsOfOut) = (
            await page.Locator(SignsOfIn).CountAsync().WaitAsync(cancellation).ConfigureAwait(false),
            await page.Locator(SignsOfOut).CountAsync().WaitAsync(cancellation).ConfigureAwait(false)
        );
        return signsOfIn > signsOfOut ? Login.In
            : signsOfOut > signsOfIn ? Login.Out
            : Login.Uncertain;
    }
}
