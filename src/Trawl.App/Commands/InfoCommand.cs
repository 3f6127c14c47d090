using System.CommandLine;
using System.Text;
using Trawl.App.Crawls;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary><c>trawl info</c>: what a platform says about videos, without downloading them.</summary>
static class InfoCommand
{
    static readonly Argument<string[]> Links = new("URL") { Description = "Links, short or long.", Arity = ArgumentArity.OneOrMore };
    static readonly Option<bool> Json = new("--json", "-J") { Description = "One document a line, with yt-dlp's field names." };

    public static Command Create()
    {
        var command = new Command("info", "Show what a platform says about videos.") { Links, Json };
        command.Aliases.Add("resolve");
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await using var trawl = source.Open(parsed);
                var (done, failures) = (0, new List<TrawlException>());
                foreach (var link in parsed.GetValue(Links)!)
                {
                    try
                    {
                        var video = await trawl.Videos.GetAsync(link, cancellation: cancellation);
                        Console.Out.WriteLine(
                            parsed.GetValue(Json)
                                ? Encoding.UTF8.GetString(InfoJson.Write(video, link, TimeProvider.System.GetUtcNow(), indented: false))
                                : Describe(video)
                        );
                        done++;
                    }
                    catch (TrawlException e)
                    {
                        failures.Add(e);
                        Console.Error.WriteLine($"{Masking.MaskedLink(link).ForTerminal()}: {e.Kind.Name()}: {e.Message.ForTerminal()}");
                        Console.Error.WriteLine(e.Rule.Suggestion);
                    }
                }
                return new JobResult(done, failures, TimeSpan.Zero).ExitCode;
            }
        );
        return command;
    }

    static string Describe(Author author)
    {
        var handle = author.Handle == author.Name ? "" : $" (@{author.Handle})";
        return $"{author.Name}{handle}{(author.Verified == true ? ", verified" : "")}";
    }

    static string Describe(Video video)
    {
        var text = new StringBuilder();
        Line("title", video.Title);
        Line("author", Describe(video.Author));
        Line("published", video.PublishedAt?.ToString("yyyy-MM-dd HH:mm") is { } at ? at + " UTC" : null);
        Line("length", video.Duration is { } d ? $"{d.TotalSeconds:0} s" : null);
        Line("photos", video.IsPhotoPost ? $"{video.Photos.Length}" : null);
        Line("counts", Counts(video.Counts));
        Line("sound", video.Music is { Title: not null } m ? $"{m.Title} by {m.Author}" : null);
        Line("link", video.Url.ToString());
        Line("source", string.Join(", then ", video.Attempts.Select(a => a.Failure is null ? a.Source : $"{a.Source} ({a.Outcome})")));
        foreach (var format in video.Formats)
            Line(
                "format",
                $"{format}{(format.Size is { } size ? ", " + size.Readable() : "")}{(format.Watermarked ? ", watermarked" : "")}"
            );
        return text.ToString();

        void Line(string name, string? value)
        {
            if (value is not null)
                text.Append($"{name, -10} {value.ForTerminal()}\n");
        }
    }

    static string Counts(Counts counts) =>
        string.Join(
            ", ",
            new[]
            {
                (counts.Views, "views"),
                (counts.Likes, "likes"),
                (counts.Comments, "comments"),
                (counts.Shares, "shares"),
                (counts.Saves, "saves"),
            }
                .Where(c => c.Item1 is not null)
                .Select(c => $"{c.Item1} {c.Item2}")
        );
}
