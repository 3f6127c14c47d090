using System.CommandLine;
using Spectre.Console;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Failures;
using Trawl.Strategies;

namespace Trawl.App.Commands;

/// <summary><c>trawl stats</c>: what the last day was like, strategy by strategy.</summary>
static class StatsCommand
{
    static readonly Option<bool> Json = new("--json") { Description = "One JSON object a line." };

    public static Command Create()
    {
        var command = new Command("stats", "Show how the strategies did in the last day.") { Json };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(parsed =>
        {
            using var trawl = source.Open(parsed);
            var all = trawl
                .Platforms.All.SelectMany(p => trawl.Platforms.ChainOf(p).Strategies.Select(trawl.Platforms.ChainOf(p).HealthOf))
                .Where(h => h.Statistics.Total > 0)
                .ToList();
            if (parsed.GetValue(Json))
                foreach (var health in all)
                    Console.Out.WriteLine(ToJson(health, trawl.Health.Alerts));
            else
                Draw(all, source.KnownAnswers, trawl.Health.Alerts);
            return 0;
        });
        return command;
    }

    static void Draw(List<StrategyHealth> all, long known, IReadOnlyList<Alert> alerts)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumns("strategy", "attempts", "answered", "mean", "p50", "p95", "longest", "state", "what went wrong");
        foreach (var health in all)
        {
            var numbers = health.Statistics;
            table.AddRow(
                $"{health.Platform} {health.Strategy}".EscapeMarkup(),
                $"{numbers.Total}",
                $"{numbers.SuccessPercent} %",
                Shown(numbers.Average),
                Shown(numbers.Median),
                Shown(numbers.Percentile95),
                Shown(numbers.Longest),
                health.Breaker.State.ToString().ToLowerInvariant(),
                string.Join(", ", numbers.Kinds.OrderByDescending(k => k.Value).Select(k => $"{k.Value} {k.Key.Name()}")).EscapeMarkup()
            );
        }
        table.Show();
        foreach (var alert in alerts)
            Console.Out.WriteLine($"{alert.Level.ToString().ToUpperInvariant()} {alert.Subject}: {alert.Message}".ForTerminal());
        var asked = all.Sum(h => h.Statistics.Total);
        if (asked + known > 0)
            Console.Out.WriteLine($"{known} of {asked + known} questions were answered from what was known already.");
        foreach (var failure in all.SelectMany(h => h.Statistics.LastFailures).OrderByDescending(f => f.At).Take(5))
            Console.Out.WriteLine(
                $"{failure.At:yyyy-MM-dd HH:mm:ss} {failure.Strategy} {failure.Failure?.Name()} {failure.Detail} {failure.Video}".ForTerminal()
            );
    }

    static string ToJson(StrategyHealth health, IReadOnlyList<Alert> alerts)
    {
        var numbers = health.Statistics;
        return JsonText.Line(writer =>
        {
            writer.WriteString("platform", health.Platform);
            writer.WriteString("strategy", health.Strategy);
            writer.WriteNumber("attempts", numbers.Total);
            writer.WriteNumber("succeeded", numbers.Succeeded);
            writer.WriteNumberOrNull("success_percent", numbers.SuccessPercent);
            writer.WriteNumber("avg_ms", Math.Round(numbers.Average.TotalMilliseconds, 1));
            writer.WriteNumber("p50_ms", Math.Round(numbers.Median.TotalMilliseconds, 1));
            writer.WriteNumber("p95_ms", Math.Round(numbers.Percentile95.TotalMilliseconds, 1));
            writer.WriteNumber("max_ms", Math.Round(numbers.Longest.TotalMilliseconds, 1));
            writer.WriteString("breaker", health.Breaker.State.ToString().ToLowerInvariant());
            writer.WriteNumberOrNull("quota_wait_s", health.QuotaWait is { } wait ? Math.Round(wait.TotalSeconds) : null);
            writer.WriteStrings("alerts", alerts.Where(a => a.Subject == $"{health.Platform} {health.Strategy}").Select(a => a.Message));
            writer.WriteStartObject("failures");
            foreach (var (kind, count) in numbers.Kinds)
                writer.WriteNumber(kind.Name(), count);
            writer.WriteEndObject();
        });
    }

    static string Shown(TimeSpan span) => $"{span.TotalMilliseconds:0} ms";
}
