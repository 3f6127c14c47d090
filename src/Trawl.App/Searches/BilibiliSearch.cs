using System.Text.Json;
using Trawl.App.Crawls;
using Trawl.Json;
using Trawl.Platforms.Bilibili;
using Trawl.Platforms.YtDlp;

namespace Trawl.App.Searches;

/// <summary>Searches Bilibili through yt-dlp, which tells nothing of a video but its link.</summary>
sealed class BilibiliSearch(YtDlpProgram program) : YtDlpSearch(program, "www.bilibili.com", "bilisearch", Bilibili.Extractors)
{
    protected override Found? Hit(JsonElement entry) =>
        Bilibili.Parse(entry.String("url"u8) ?? "") is { } url
            ? new Found("bilibili", url.Id!, url.Canonical, entry.String("title"u8) ?? "")
            : null;
}
