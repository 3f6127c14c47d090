using System.CommandLine;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Sandbox;
using Trawl.Sandbox.Manners;

namespace Trawl.App.Commands;

/// <summary><c>trawl sandbox</c>: the stand-in Internet as a process of its own.</summary>
static class SandboxCommand
{
    static readonly Option<string> EnvFile = new("--env-file")
    {
        Description = "Write the environment clients need to this file once ready.",
        HelpName = "FILE",
    };
    static readonly Option<bool> List = new("--list") { Description = "Print the catalogue, one JSON object a line, and end." };
    static readonly Option<int> Port = new("--port") { Description = "The port on loopback; any free one by default.", HelpName = "PORT" };
    static readonly Option<int> Seed = new("--seed")
    {
        Description = "The seed of the catalogue.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };
    static readonly Option<int> Posts = new("--posts")
    {
        Description = "How many posts there are.",
        DefaultValueFactory = _ => 60,
        HelpName = "N",
    };
    static readonly Option<bool> Plain = new("--plain") { Description = "Every post can be seen and fetched without ado." };
    static readonly Option<string> World = new("--world")
    {
        Description = "The year whose manners the sites have: 2020, 2023 or 2026.",
        DefaultValueFactory = _ => "2026",
        HelpName = "YEAR",
    };
    static readonly Option<string> TikTok = new("--tiktok")
    {
        Description =
            "How TikTok answers strangers, for example desktop=proof-of-work,phone=refused; also player and embed; open, proof-of-work, other-proof, risk-control, needs-referer, refused.",
        HelpName = "ANSWERS",
    };
    static readonly Option<int> Ways = new("--ways")
    {
        Description = "How many proxies there are, each another address for the sites.",
        DefaultValueFactory = _ => 1,
        HelpName = "N",
    };
    static readonly Option<int> TikwmPerDay = new("--tikwm-per-day")
    {
        Description = "How many questions TikWM answers a day.",
        DefaultValueFactory = _ => 5000,
        HelpName = "N",
    };
    static readonly Option<long> Padding = new("--padding")
    {
        Description = "Bytes appended to every media file, to make large ones.",
        HelpName = "BYTES",
    };

    public static Command Create()
    {
        var command = new Command("sandbox", "Play TikTok, its CDN and TikWM on this machine, for tests and demos.")
        {
            EnvFile,
            List,
            Port,
            Seed,
            Padding,
            Posts,
            Plain,
            World,
            TikTok,
            Ways,
            TikwmPerDay,
        };
        command.SetAction(RunAsync);
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = new SandboxOptions
        {
            Port = parsed.GetValue(Port),
            Seed = parsed.GetValue(Seed),
            Padding = parsed.GetValue(Padding),
            Posts = parsed.GetValue(Posts) is >= 1 and <= 100_000 and var posts
                ? posts
                : throw new TrawlException(FailureKind.Configuration, "--posts is wrong: it must lie between 1 and 100000."),
            Plain = parsed.GetValue(Plain),
            Year = Year(parsed.GetValue(World)!),
            TikTok = parsed.GetValue(TikTok) is { } answers ? Manners(Year(parsed.GetValue(World)!), answers) : null,
            TikwmPerDay = parsed.GetValue(TikwmPerDay),
            Ways = parsed.GetValue(Ways) is >= 1 and <= 100 and var ways
                ? ways
                : throw new TrawlException(FailureKind.Configuration, "--ways is wrong: it must lie between 1 and 100."),
        };
        await using var world = await SandboxWorld.StartAsync(options);
        if (parsed.GetValue(List))
        {
            await foreach (var post in world.ListAsync().WithCancellation(cancellation))
                Console.Out.WriteLine(ToJson(post));
            return 0;
        }
        var environment = string.Concat(world.Environment.Select(e => $"{e.Key}={e.Value}\n"));
        if (parsed.GetValue(EnvFile) is { } file)
        {
            // whole or not there: a script waits for the file
            await File.WriteAllTextAsync(file + ".new", environment, cancellation);
            File.Move(file + ".new", file, overwrite: true);
        }
        Console.Error.WriteLine($"The sandbox listens on {world.Proxy}; Ctrl-C stops it. A post: {world.Links[0]}");
        if (parsed.GetValue(EnvFile) is null)
            Console.Out.Write(environment);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        catch (OperationCanceledException)
        {
            // stopped: that is how it ends
        }
        return 0;
    }

    static SandboxYear Year(string year) =>
        Enum.TryParse<SandboxYear>("Of" + year, out var known) && Enum.IsDefined(known)
            ? known
            : throw new TrawlException(FailureKind.Configuration, "--world is wrong: there are 2020, 2023 and 2026.");

    static TikTokManners Manners(SandboxYear year, string answers)
    {
        try
        {
            return TikTokManners.Of(year).With(answers);
        }
        catch (FormatException e)
        {
            throw new TrawlException(FailureKind.Configuration, $"--tiktok is wrong: {e.Message}", e);
        }
    }

    static string ToJson(SandboxPost post) =>
        JsonText.Line(writer =>
        {
            writer.WriteString("url", post.Url);
            writer.WriteString("short", post.Short);
            writer.WriteString("kind", post.Kind);
            writer.WriteString("expect", post.Expect);
            writer.WriteString("condition", post.Condition);
            writer.WriteStartArray("variants");
            foreach (var variant in post.Variants)
            {
                writer.WriteStartObject();
                writer.WriteString("name", variant.Name);
                writer.WriteString("codec", variant.Codec);
                writer.WriteNumber("width", variant.Width);
                writer.WriteNumber("height", variant.Height);
                writer.WriteNumber("size", variant.Size);
                writer.WriteString("sha256", variant.Sha256);
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
}
