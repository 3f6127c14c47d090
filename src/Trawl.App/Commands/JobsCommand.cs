using System.CommandLine;
using Trawl.App.Crawls;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl jobs</c>: how crawl jobs stand.</summary>
static class JobsCommand
{
    static readonly Argument<string> Job = new("JOB") { Description = "The job." };
    static readonly Option<string?> Folder = new("-P", "--paths") { Description = "The data folder, with trawl.db.", HelpName = "DIR" };

    public static Command Create() =>
        new("jobs", "See how crawl jobs stand, and give them up.")
        {
            Verb("list", "All jobs, the newest first, one JSON object a line.", ListAsync),
            Verb("show", "The videos of a job, one JSON object a line.", ShowAsync, Job),
            Verb("cancel", "Give a job up; what is done stays.", CancelAsync, Job),
        };

    static Command Verb(
        string name,
        string description,
        Func<JobQueue, ParseResult, CancellationToken, Task<int>> run,
        params Argument[] own
    )
    {
        var command = new Command(name, description) { Folder };
        foreach (var argument in own)
            command.Arguments.Add(argument);
        var source = new WorkerSource(command);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var (options, _, _) = source.Read(parsed);
                var folder = parsed.GetValue(Folder) ?? options.Data;
                await using var database = Database.At(options.Database ?? Path.Combine(folder, "trawl.db"));
                await Migrations.ApplyAsync(database, cancellation);
                return await run(new JobQueue(database, options.Lease), parsed, cancellation);
            }
        );
        return command;
    }

    static async Task<int> ListAsync(JobQueue queue, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var job in await queue.StatusAsync(null, cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("job_id", job.JobId);
                    writer.WriteString("state", job.State);
                    writer.WriteNumber("done", job.Done);
                    writer.WriteNumber("failed", job.Failed);
                    writer.WriteNumber("open", job.Open);
                    writer.WriteString("error", job.Error);
                })
            );
        return 0;
    }

    static async Task<int> ShowAsync(JobQueue queue, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var item in await queue.ItemsAsync(parsed.GetValue(Job)!, cancellation))
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

    static async Task<int> CancelAsync(JobQueue queue, ParseResult parsed, CancellationToken cancellation) =>
        await queue.CancelAsync(parsed.GetValue(Job)!, cancellation)
            ? 0
            : throw new TrawlException(FailureKind.Configuration, "There is no such job that is still being worked on.");
}
