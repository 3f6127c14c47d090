using System.CommandLine;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl events</c>: what others were told, and what they are still owed.</summary>
static class EventsCommand
{
    static readonly Option<string?> Job = new("--job") { Description = "Only those of a job.", HelpName = "JOB" };
    static readonly Option<bool> Unsent = new("--unsent") { Description = "Only those that have not arrived yet." };
    static readonly Option<int> Most = new("--max-results", "-n")
    {
        Description = "How many at most.",
        HelpName = "N",
        DefaultValueFactory = _ => 200,
    };
    static readonly Argument<string> Which = new("EVENT_OR_JOB") { Description = "An event's id, or a job for all of its events." };

    public static Command Create() =>
        new("events", "See what others were told, and tell them again.")
        {
            LibraryVerb.Create("list", "Events, the newest first, one JSON object a line.", ListAsync, Job, Unsent, Most),
            LibraryVerb.Create("resend", "Owe an event again, under the same id: the worker sends it.", ResendAsync, Which),
        };

    static async Task<int> ListAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var events = await new Outbox(library.Database).ListAsync(
            parsed.GetValue(Job),
            parsed.GetValue(Unsent),
            parsed.GetValue(Most),
            cancellation
        );
        foreach (var told in events)
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteNumber("seq", told.Seq);
                    writer.WriteString("event_id", told.EventId);
                    writer.WriteString("job_id", told.JobId);
                    writer.WriteString("topic", told.Topic);
                    writer.WriteString("correlation_id", told.CorrelationId);
                    writer.WriteBoolean("sent", told.IsSent);
                    writer.WritePropertyName("body");
                    writer.WriteRawValue(told.Body);
                })
            );
        return 0;
    }

    static async Task<int> ResendAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var owed = await new Outbox(library.Database).OweAgainAsync(parsed.GetValue(Which)!, cancellation);
        if (owed == 0)
            throw new TrawlException(FailureKind.Configuration, "There is no such event, and no such job with events.");
        Console.Error.WriteLine($"{owed} events are owed again.");
        return 0;
    }
}
