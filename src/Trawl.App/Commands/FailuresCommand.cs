using System.CommandLine;
using System.Text;
using Trawl.App.Reports;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl failures</c>: everything that can go wrong, and what to do about it.</summary>
static class FailuresCommand
{
    static readonly Argument<string?> Kind = new("KIND")
    {
        Description = "A kind, for example rate-limited; all when left out.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    static readonly Option<bool> Markdown = new("--markdown") { Description = "Print the page docs/failures.md." };

    public static Command Create()
    {
        var command = new Command("failures", "Explain what can go wrong, and what to do about it.") { Kind, Markdown };
        command.SetAction(parsed =>
        {
            Console.Out.WriteLine(parsed.GetValue(Markdown) ? Page() : Text(parsed.GetValue(Kind)));
            return 0;
        });
        return command;
    }

    static string Text(string? kind)
    {
        var rules = FailureTable.Rules.Where(r => kind is null || r.Name == kind).ToList();
        if (rules.Count == 0)
            throw new TrawlException(FailureKind.Configuration, $"There is no kind \"{kind?.ForTerminal()}\"; `trawl failures` lists all.");
        var text = new StringBuilder();
        foreach (var rule in rules)
        {
            text.Append($"{rule.Name} (exit code {rule.ExitCode}): {rule.Sentence}\n");
            if (kind is not null)
                text.AppendJoin("", rule.Suggestions.Select(s => $"  {s}\n"));
        }
        return text.ToString().TrimEnd();
    }

    static string Page()
    {
        var page = new StringBuilder(
            """
            # Failures

            Everything that can go wrong has one kind. The kind is spelled the same in events, exit codes, logs and API answers, and it decides what happens next.
            This page is what `trawl failures --markdown` prints.

            | kind | what happened | what to do | exit code | HTTP status | worth trying later |
            |---|---|---|---|---|---|

            """
        );
        foreach (var rule in FailureTable.Rules)
            page.Append(
                $"| `{rule.Name}` | {rule.Sentence} | {string.Join(" ", rule.Suggestions)} | {rule.ExitCode} | {rule.HttpStatus} | {YesNo(rule.RetryLater)} |\n"
            );
        page.Append(
            """

            What Trawl itself does next:

            | kind | next | counts against the strategy |
            |---|---|---|

            """
        );
        foreach (var rule in FailureTable.Rules)
            page.Append($"| `{rule.Name}` | {Next(rule.Next)} | {YesNo(rule.CountsAgainstStrategy)} |\n");
        page.Append(
            """

            A command over several videos exits with 0 when all went well, 3 when some failed, and with the code of the shared reason when all failed
            (4 when the reasons differ and one of them may pass, 5 otherwise). 1 is a fault of Trawl itself, 130 and 143 are Ctrl-C and SIGTERM.
            """
        );
        return page.ToString();
    }

    static string YesNo(bool value) => value ? "yes" : "no";

    static string Next(NextStep next) =>
        next switch
        {
            NextStep.Stop => "nothing",
            NextStep.SecondOpinion => "a second opinion",
            NextStep.NextStrategy => "the next strategy",
            NextStep.NextFormat => "the next format, then the next strategy",
            _ => "resolve again, once",
        };
}
