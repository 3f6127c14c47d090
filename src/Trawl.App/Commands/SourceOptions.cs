using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Trawl.App.Reports;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.App.Commands;

/// <summary>The options of every command that asks the platforms something.</summary>
sealed class SourceOptions
{
    readonly Option<string> _strategy = new("--strategy")
    {
        Description = "Strategies in the order they are tried, for example web,tikwm.",
        HelpName = "ORDER",
    };

    readonly Option<FormatPolicy> _policy = new("--format-policy")
    {
        Description = "compatible: h264 with sound; best; smallest; audio.",
        DefaultValueFactory = _ => FormatPolicy.Compatible,
    };

    readonly Option<int?> _maxHeight = new("--max-height")
    {
        Description = "The largest short side wanted, in pixels.",
        HelpName = "PIXELS",
    };
    readonly Option<bool> _watermarked = new("--allow-watermark") { Description = "Watermarked formats may be chosen." };
    readonly Option<string> _proxy = new("--proxy")
    {
        Description = "The proxy to use; by default the one HTTPS_PROXY names.",
        HelpName = "URL",
    };

    readonly Option<double?> _sleepRequests = new("--sleep-requests")
    {
        Description = "Seconds between two requests for pages of a platform.",
        HelpName = "SECONDS",
    };

    readonly Option<string> _rate = new("--limit-rate", "-r")
    {
        Description = "The most bytes per second of one download, for example 500K or 2M.",
        HelpName = "RATE",
    };
    readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Tell every request on the error stream." };

    public SourceOptions(Command command, bool downloads)
    {
        foreach (var option in (Option[])[_strategy, _policy, _maxHeight, _watermarked, _proxy, _sleepRequests, _verbose])
            command.Options.Add(option);
        if (downloads)
            command.Options.Add(_rate);
    }

    public FormatWish Wish(ParseResult parsed) =>
        new()
        {
            Policy = parsed.GetValue(_policy),
            MaxHeight = parsed.GetValue(_maxHeight),
            Watermarked = parsed.GetValue(_watermarked),
        };

    public TrawlClient Open(ParseResult parsed)
    {
        var defaults = new TrawlOptions();
        var options = defaults with
        {
            Format = Wish(parsed),
            LimitRate = parsed.GetValue(_rate) is { } rate ? Rate(rate) : null,
            Strategies = parsed.GetValue(_strategy) is { } order
                ? order.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                : defaults.Strategies,
            Http = defaults.Http with
            {
                Proxy = parsed.GetValue(_proxy) is { } proxy ? ProxyAddress(proxy) : null,
                Pace = Pace(parsed, defaults.Http),
            },
        };
        return new TrawlClient(options, parsed.GetValue(_verbose) ? new ErrorLog(Console.Error) : null);
    }

    IReadOnlyDictionary<string, TimeSpan> Pace(ParseResult parsed, HttpOptions defaults)
    {
        if (parsed.GetValue(_sleepRequests) is not { } seconds)
            return defaults.Pace;
        if (seconds is < 0 or > 3600)
            throw Wrong("--sleep-requests", "it must lie between 0 and 3600");
        // TikWM's limit is not ours to change
        return defaults.Pace.ToDictionary(p => p.Key, p => p.Key == "www.tikwm.com" ? p.Value : TimeSpan.FromSeconds(seconds));
    }

    static Uri ProxyAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var proxy) ? proxy : throw Wrong("--proxy", "it is not an address");

    // 500K, 4.2M: powers of 1024, as yt-dlp reads them
    static long Rate(string text)
    {
        var unit = text.Length == 0 ? ' ' : char.ToUpperInvariant(text[^1]);
        var factor = unit switch
        {
            'K' => 1L << 10,
            'M' => 1L << 20,
            'G' => 1L << 30,
            _ => 1,
        };
        var digits = factor == 1 ? text : text[..^1];
        return
            double.TryParse(digits, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number * factor is >= 1 and < 1e12
            ? (long)(number * factor)
            : throw Wrong("--limit-rate", $"\"{text}\" is not a rate");
    }

    static TrawlException Wrong(string option, string why) => new(FailureKind.Configuration, $"{option} is wrong: {why}.");
}
