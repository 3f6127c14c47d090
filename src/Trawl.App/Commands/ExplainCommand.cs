using System.CommandLine;
using System.Text;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary><c>trawl explain</c>: which format would be chosen among which, and why.</summary>
static class ExplainCommand
{
    static readonly Argument<string> Link = new("URL") { Description = "A link, short or long." };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object." };

    public static Command Create()
    {
        var command = new Command("explain", "Say which format would be chosen, among which, and why.") { Link, Json };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                using var trawl = source.Open(parsed);
                var order = OrderNow(trawl, trawl.Platforms.Parse(parsed.GetValue(Link)!));
                var video = await trawl.Videos.GetAsync(parsed.GetValue(Link)!, cancellation: cancellation);
                var ranked = FormatSelector.Explain(video, trawl.Options.Format);
                Console.Out.WriteLine(parsed.GetValue(Json) ? ToJson(video, ranked, order) : ToText(video, ranked, order));
                return 0;
            }
        );
        return command;
    }

    // before the question, which changes it
    static IReadOnlyList<Standing> OrderNow(TrawlClient trawl, VideoUrl url)
    {
        var chain = trawl.Platforms.ChainOf(url);
        return
        [
            .. chain
                .Strategies.Where(s => s.Obstacle is null)
                .Select(chain.HealthOf)
                .Select(h => new Standing(h.Strategy, h.ExpectedCost, h.Standing)),
        ];
    }

    static string ToText(Video video, IReadOnlyList<RankedFormat> ranked, IReadOnlyList<Standing> order)
    {
        var text = new StringBuilder($"{video.Title.ForTerminal()}\n");
        foreach (var (strategy, _, why) in order)
            text.Append($"{strategy, -14} {why}\n");
        foreach (var attempt in video.Attempts)
            text.Append(
                $"{attempt.Strategy}: {attempt.Outcome} in {attempt.Elapsed.TotalMilliseconds:0} ms{(attempt.Reason is null ? "" : $", {attempt.Reason.ForTerminal()}")}\n"
            );
        if (video.IsPhotoPost)
            text.Append($"a photo post with {video.Photos.Length} images: nothing to choose\n");
        foreach (var (format, rank, reason) in ranked)
            text.Append(
                $"{(rank == 0 ? "never" : rank == 1 ? "chosen" : $"{rank}."), -7} {format, -44} {format.Size?.Readable() ?? "?", 10}  {reason}\n"
            );
        return text.ToString().TrimEnd();
    }

    static string ToJson(Video video, IReadOnlyList<RankedFormat> ranked, IReadOnlyList<Standing> order) =>
        JsonText.Line(writer =>
        {
            writer.WriteString("id", video.Id);
            writer.WriteString("strategy", video.Strategy);
            writer.WriteStartArray("order");
            foreach (var (strategy, cost, why) in order)
            {
                writer.WriteStartObject();
                writer.WriteString("strategy", strategy);
                writer.WriteNumber("expected_cost", Math.Round(cost, 2));
                writer.WriteString("standing", why);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
            writer.WriteStartArray("attempts");
            foreach (var attempt in video.Attempts)
                writer.WriteAttempt(attempt);
            writer.WriteEndArray();
            writer.WriteStartArray("formats");
            foreach (var (format, rank, reason) in ranked)
            {
                writer.WriteStartObject();
                writer.WriteString("format_id", format.Id);
                writer.WriteNumber("rank", rank);
                writer.WriteString("reason", reason);
                writer.WriteString("vcodec", format.Codec);
                writer.WriteNumberOrNull("width", format.Width);
                writer.WriteNumberOrNull("height", format.Height);
                writer.WriteNumberOrNull("filesize", format.Size);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });

    sealed record Standing(string Strategy, double Cost, string Why);
}
