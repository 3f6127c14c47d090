using System.CommandLine;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Platforms;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary><c>trawl url</c>: what links are, without asking anybody.</summary>
static class UrlCommand
{
    static readonly Argument<string[]> Links = new("URL")
    {
        Description = "Links, or text with a link in it.",
        Arity = ArgumentArity.ZeroOrMore,
    };
    static readonly Option<string> Batch = new("--batch-file", "-a")
    {
        Description = "A file with a link a line; - for standard input.",
        HelpName = "FILE",
    };
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line." };

    public static Command Create()
    {
        var command = new Command("url", "Say what links are, without asking anybody.") { Links, Batch, Json };
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var links = parsed.GetValue(Links)!.ToList();
                if (parsed.GetValue(Batch) is { } batch)
                    links.AddRange(await LinkList.ReadAsync(batch, cancellation));
                using var trawl = new TrawlClient();
                var known = links.ConvertAll(link => (link, url: Find(trawl.Platforms, link)));
                foreach (var (link, url) in known)
                    Console.Out.WriteLine(
                        parsed.GetValue(Json)
                            ? ToJson(link, url)
                            : $"{url?.Kind.ToString().ToLowerInvariant() ?? "invalid", -10} {url?.ToString() ?? link.ForTerminal()}"
                    );
                return known.TrueForAll(k => k.url is not null) ? 0 : FailureKind.InvalidLink.Rule().ExitCode;
            }
        );
        return command;
    }

    static VideoUrl? Find(PlatformList platforms, string text) => platforms.TryParse(text) ?? platforms.FindIn(text);

    static string ToJson(string link, VideoUrl? url) =>
        JsonText.Line(writer =>
        {
            writer.WriteString("input", link);
            writer.WriteString("platform", url?.Platform);
            writer.WriteString("kind", url?.Kind.ToString().ToLowerInvariant() ?? "invalid");
            writer.WriteString("id", url?.Id);
            writer.WriteString("user", url?.User);
            writer.WriteString("canonical", url?.Canonical.AbsoluteUri);
        });
}
