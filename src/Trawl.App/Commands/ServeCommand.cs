using System.CommandLine;
using System.Net;
using Microsoft.Extensions.Logging;
using Trawl.App.Resolver;
using Trawl.Browser;
using Trawl.Browser.Pool;
using Trawl.Failures;
using Trawl.Http;

namespace Trawl.App.Commands;

/// <summary><c>trawl serve</c>: the resolver service.</summary>
static class ServeCommand
{
    static readonly Option<int?> Port = new("--port") { Description = "The port; 5680 by default, 0 for any free one.", HelpName = "PORT" };
    static readonly Option<string> Host = new("--host")
    {
        Description = "The address to listen on; only this machine by default.",
        HelpName = "ADDRESS",
    };
    static readonly Option<string> Folder = new("-P", "--paths")
    {
        Description = "The folder that holds profiles and what else the service keeps.",
        HelpName = "DIR",
        DefaultValueFactory = _ => ".",
    };

    public static Command Create()
    {
        var command = new Command("serve", "Answer /tiktok/search, /tiktok/download, /tiktok/session and /browse by real browsers.")
        {
            Port,
            Host,
            Folder,
        };
        var source = new ServiceSource(command);
        command.SetAction((parsed, cancellation) => RunAsync(parsed, source, cancellation));
        return command;
    }

    static async Task<int> RunAsync(ParseResult parsed, ServiceSource source, CancellationToken cancellation)
    {
        var (options, http) = source.Read(parsed);
        options = options with
        {
            Port = parsed.GetValue(Port) is { } port ? InRange(port) : options.Port,
            Host = parsed.GetValue(Host) is { } host ? Address(host) : options.Host,
        };
        if (options.IsOpen)
            Console.Error.WriteLine(
                $"Other machines can reach this service: it listens on {options.Host}. Whoever reaches it can make its browsers act"
                    + (options.Token is null ? "; /browse is refused, since Serve:Token is not set." : ".")
            );
        using var logging = LoggerFactory.Create(builder =>
            builder
                .AddFilter("Microsoft", LogLevel.Warning)
                .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None)
                .AddSimpleConsole(console =>
                    (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "HH:mm:ss ", true)
                )
        );
        try
        {
            await using var service = await ResolverService.StartAsync(options, http, parsed.GetValue(Folder)!, logging, cancellation);
            if (Array.TrueForAll(Enum.GetValues<BrowserEngine>(), engine => BrowserPrograms.Find(options.Browser, engine) is null))
                Console.Error.WriteLine(
                    "No browser is installed here: all that needs one is answered with 503. Run `trawl doctor`: it says how to install one."
                );
            Console.Error.WriteLine($"The resolver service listens on {service.Address}; Ctrl-C stops it.");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
        }
        catch (OperationCanceledException)
        {
            // stopped: that is how it ends
        }
        return 0;
    }

    static int InRange(int port) =>
        port is >= 0 and <= 65_535 ? port : throw new TrawlException(FailureKind.Configuration, "--port is wrong: 0 to 65535.");

    static IPAddress Address(string text) =>
        text == "localhost" ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) ? address
        : throw new TrawlException(FailureKind.Configuration, $"--host is wrong: \"{text}\" is not an address.");
}
