using System.Collections.Immutable;
using System.Text;
using Trawl.Files;
using Trawl.Http;

namespace Trawl.Platforms.YtDlp;

/// <summary>
/// Cookies lent to another program for one run: a file only its owner can read, in a folder only its owner can enter, gone afterwards. Never a header,
/// which a redirect would carry to another host, and never an argument, which everybody on the machine can see.
/// </summary>
sealed class CookieLoan : IDisposable
{
    readonly DirectoryInfo? _folder;

    public CookieLoan(ImmutableArray<SessionCookie> cookies)
    {
        if (cookies.IsEmpty)
            return;
        _folder = Directory.CreateTempSubdirectory("trawl-cookies-");
        DurableFile.Write(
            Path.Combine(_folder.FullName, "cookies.txt"),
            Encoding.UTF8.GetBytes(CookieFile.Write(cookies)),
            ownerOnly: true
        );
    }

    /// <summary>The arguments that name the file; none without cookies.</summary>
    public IReadOnlyList<string> Arguments => _folder is null ? [] : ["--cookies", Path.Combine(_folder.FullName, "cookies.txt")];

    public void Dispose() => _folder?.Delete(recursive: true);
}
