using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Jobs;
using Trawl.App.Messaging;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl jobs</c>: how crawl jobs stand, and steering them.</summary>
static class JobsCommand
{
    static readonly Argument<string> Job = new("JOB") { Description = "The job." };
    static readonly Argument<string> Order = new("FILE") { Description = "The order, JSON." };
    static readonly Argument<int> Priority = new("N") { Description = "Higher comes first; 0 is usual." };

    public static Command Create() =>
        new("jobs", "See how crawl jobs stand, and steer them.")
        {
            LibraryVerb.Create("list", "All jobs, the newest first, one JSON object a line.", ListAsync),
            LibraryVerb.Create("show", "The videos of a job, one JSON object a line.", ShowAsync, Job),
            LibraryVerb.Create(
                "submit",
                "Order a crawl of a worker: FILE holds the order as it would go over the wire, - is standard input.",
                SubmitAsync,
                Order
            ),
            LibraryVerb.Create("refused", "Orders that could not be used, and why, one JSON object a line.", RefusedAsync),
            LibraryVerb.Create("cancel", "Give a job up; what is done stays, and others are told.", CancelAsync, Job),
            LibraryVerb.Create("pause", "Let a job rest; what is under way is dropped and done later.", PauseAsync, Job),
            LibraryVerb.Create("resume", "Go on with a job that rests.", ResumeAsync, Job),
            LibraryVerb.Create("retry", "Try what failed in a job again.", RetryAsync, Job),
            LibraryVerb.Create("prioritize", "Put a job before others.", PrioritizeAsync, Job, Priority),
        };

    static async Task<int> ListAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var job in await library.Desk.StatusAsync(null, cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("job_id", job.JobId);
                    writer.WriteString("state", job.State);
                    writer.WriteNumber("done", job.Done);
                    writer.WriteNumber("failed", job.Failed);
                    writer.WriteNumber("skipped", job.Skipped);
                    writer.WriteNumber("open", job.Open);
                    writer.WriteString("error", job.Error);
                })
            );
        return 0;
    }

    static async Task<int> ShowAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var item in await library.Desk.ItemsAsync(parsed.GetValue(Job)!, cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("platform", item.Platform);
                    writer.WriteString("video_id", item.VideoId);
                    writer.WriteString("state", item.State);
                    writer.WriteString("path", item.Path);
                    writer.WriteString("error_kind", item.ErrorKind);
                    writer.WriteString("error", item.Error);
                })
            );
        return 0;
    }

    static async Task<int> SubmitAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var file = parsed.GetValue(Order)!;
        try
        {
            var body = await GivenText.ReadAsync(file, cancellation);
            var order = CrawlOrder.Parse(System.Text.Encoding.UTF8.GetBytes(body));
            await InboxOf(library).AddAsync(Inbox.Orders, order.JobId, body, cancellation);
            Console.Error.WriteLine($"Ordered {order.JobId}: the next worker that looks takes it.");
            return 0;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The order cannot be used: {e.Message}", e);
        }
    }

    static async Task<int> RefusedAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var message in await InboxOf(library).RefusedAsync(cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteNumber("seq", message.Seq);
                    writer.WriteString("topic", message.Topic);
                    writer.WriteString("reason", message.Refused);
                    writer.WriteString("body", message.Body);
                })
            );
        return 0;
    }

    static Inbox InboxOf(Library library) =>
        new(
            library.Database,
            library.Options.Look,
            library.Options.Lease,
            TimeProvider.System,
            Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance
        );

    static async Task<int> CancelAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        var (options, job) = (library.Options, parsed.GetValue(Job)!);
        var store = WorkerSite.StoreOf(options, TimeProvider.System);
        var record = new CrawlRecord(library.Database, store, options.OmitEmptyBatch, TimeProvider.System);
        return Only(await record.CancelAsync(job, job, cancellation), "There is no such job that is still being worked on.");
    }

    static async Task<int> PauseAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Only(await library.Desk.PauseAsync(parsed.GetValue(Job)!, cancellation), "There is no such job that is still being worked on.");

    static async Task<int> ResumeAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Only(await library.Desk.ResumeAsync(parsed.GetValue(Job)!, cancellation), "There is no such job that rests.");

    static async Task<int> RetryAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Only(await library.Desk.RetryAsync(parsed.GetValue(Job)!, cancellation), "There is no such job in which something failed.");

    static async Task<int> PrioritizeAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Only(await library.Desk.PrioritizeAsync(parsed.GetValue(Job)!, parsed.GetValue(Priority), cancellation), "There is no such job.");

    static int Only(bool isDone, string otherwise) => isDone ? 0 : throw new TrawlException(FailureKind.Configuration, otherwise);
}
