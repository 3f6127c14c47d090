using System.Security.Cryptography;
using System.Text;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Processes;

namespace Trawl.App.Programs;

/// <summary>
/// Fetches the newest release of a program and takes it into use when everything about it is right: the list of checksums is signed by the known key, the
/// file has the checksum the list names, and it runs.
/// </summary>
sealed class ReleaseUpdate(Network network, ManagedProgram program)
{
    const string Sums = "SHA2-256SUMS";
    const int LargestList = 1 << 20;
    const int LargestProgram = 128 << 20;

    static readonly Session Session = new() { UserAgent = "trawl" };

    /// <summary>Updates.</summary>
    /// <param name="release">The release.</param>
    /// <param name="tell">Is told what is being done.</param>
    /// <param name="cancellation">Stops it; what was in use stays in use.</param>
    /// <returns>The version that is in use now.</returns>
    /// <exception cref="TrawlException">With the true reason; what was in use stays in use.</exception>
    public async Task<string> RunAsync(Release release, Action<string> tell, CancellationToken cancellation)
    {
        tell($"Fetching the checksums of {release.Files}");
        var key = await GetAsync(release.Key, LargestList, cancellation);
        var sums = await GetAsync(new Uri(release.Files, Sums), LargestList, cancellation);
        var signature = await GetAsync(new Uri(release.Files, Sums + ".sig"), LargestList, cancellation);
        ReleaseSignature.Check(sums, signature, key, release.Fingerprint);
        var wanted = Checksum(sums, release.Asset);

        tell($"Fetching {release.Asset}");
        var file = await GetAsync(new Uri(release.Files, release.Asset), LargestProgram, cancellation);
        if (Convert.ToHexStringLower(SHA256.HashData(file.Span)) != wanted)
            throw new TrawlException(FailureKind.WrongContent, $"{release.Asset} has another checksum than the signed list names.")
            {
                Detail = "UNTRUSTED_RELEASE",
            };
        program.Write(file.Span);
        tell("Trying it");
        var version = await TryAsync(cancellation);
        program.Use(version);
        return version;
    }

    async Task<ReadOnlyMemory<byte>> GetAsync(Uri address, int limit, CancellationToken cancellation)
    {
        var request = new VisitRequest(address) { MayVisit = IsOfGithub };
        var reply = await network.Visit(Session).OpenAsync(request, cancellation);
        await using (reply)
            return reply.IsSuccess
                ? await reply.ReadPageAsync(limit)
                : throw new TrawlException(
                    FailureKind.UpstreamError,
                    $"{address.GetLeftPart(UriPartial.Path)} answered with status {(int)reply.Status}."
                )
                {
                    RetryAfter = reply.RetryAfter,
                };
    }

    static bool IsOfGithub(Uri address) =>
        address.IdnHost == "github.com" || address.IdnHost.EndsWith(".githubusercontent.com", StringComparison.Ordinal);

    // 0a1b...  yt-dlp
    static string Checksum(ReadOnlyMemory<byte> sums, string asset) =>
        Encoding
            .UTF8.GetString(sums.Span)
            .Split('\n', StringSplitOptions.TrimEntries)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(parts => parts is [{ Length: 64 }, var name] && name.TrimStart('*') == asset)
            .Select(parts => parts[0].ToLowerInvariant())
            .FirstOrDefault()
        ?? throw new TrawlException(FailureKind.WrongContent, $"The signed list names no {asset}.") { Detail = "UNTRUSTED_RELEASE" };

    async Task<string> TryAsync(CancellationToken cancellation)
    {
        var child = new ChildProcess(program.Draft, ["--version"]) { Limits = new ChildLimits { Deadline = TimeSpan.FromMinutes(1) } };
        var result = await child.RunAsync(cancellation);
        return result.ExitCode == 0
            ? result.Text.Trim()
            : throw new TrawlException(
                FailureKind.ToolFailed,
                $"The new version does not run here (exit code {result.ExitCode}): {result.Messages.Split('\n')[0]}"
            );
    }
}
