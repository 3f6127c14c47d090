using System.Text.RegularExpressions;
using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>A request to find where a video can be downloaded.</summary>
/// <param name="Address">The post's address.</param>
/// <param name="Headful">Whether the browser must have a window.</param>
sealed partial record DownloadRequest(WebAddress Address, bool Headful)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidRequestException"/>
    public static DownloadRequest Read(object? body)
    {
        var model = new Model(body);
        var address = model.Required("url", Coerce.WebAddress);
        var headful = model.Optional("force_headful", false, Coerce.Truth);
        model.Finish();
        return new DownloadRequest(address!, headful);
    }

    /// <summary>Whether the address is TikTok's and looks like a post's or a short link.</summary>
    public bool IsOfTikTok
    {
        get
        {
            var path = Address.Path.ToLowerInvariant();
            return (Address.Host == "tiktok.com" || Address.Host.EndsWith(".tiktok.com", StringComparison.Ordinal))
                && (
                    path.Contains("/video/", StringComparison.Ordinal)
                    || path.Contains("/live/", StringComparison.Ordinal)
                    || Address.Host is "vm.tiktok.com" or "v.tiktok.com"
                );
        }
    }

    /// <summary>The video's id, or the code of the short link; null when there is none.</summary>
    public string? VideoId => Post().Match(Address.Text) is { Success: true } post ? post.Groups["id"].Value : null;

    /// <summary>The handle in the address.</summary>
    public string? Author => Post().Match(Address.Text).Groups["author"] is { Success: true } author ? author.Value : null;

    // https://www.tiktok.com/@tieentiton/video/7530618987760209170, https://vm.tiktok.com/ZSH123
    [GeneratedRegex(
        @"tiktok\.com/@(?<author>[^/]+)/(?:video|live)/(?<id>[0-9]+)|//(?:vm|v)\.tiktok\.com/(?<id>[A-Za-z0-9]+)",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Post();
}
