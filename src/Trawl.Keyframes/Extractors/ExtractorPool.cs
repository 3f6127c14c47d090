using System.Collections.Concurrent;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Processes;

namespace Trawl.Keyframes;

/// <summary>
/// Extracts the keyframes of many videos: in processes of its own that live longer than one video, as many as are asked at the same time, or with
/// the ffmpeg program where such a process cannot be had. Decoding never happens in the process it is asked from.
/// </summary>
/// <param name="ffmpeg">The ffmpeg program.</param>
/// <param name="options">What is wanted of each video.</param>
/// <param name="program">A program that calls <see cref="ExtractorLoop"/>, and its arguments; null for none.</param>
public sealed class ExtractorPool(Ffmpeg ffmpeg, KeyframeOptions options, IReadOnlyList<string>? program) : IAsyncDisposable
{
    readonly ConcurrentBag<ExtractorProcess> _idle = [];
    volatile bool _useless = program is null;

    /// <summary>The ffmpeg program.</summary>
    public Ffmpeg Ffmpeg => ffmpeg;

    /// <summary>What is wanted of each video.</summary>
    public KeyframeOptions Options => options;

    /// <summary>The folders that videos and pictures lie in: its processes can reach no other ones. Default: none, and then the ffmpeg program does the work.</summary>
    public IReadOnlyList<string> Folders { get; init; } = [];

    /// <summary>How many videos a process gets before a fresh one takes its place. Default: 200.</summary>
    public int Turns { get; init; } = 200;

    /// <summary>How long one video may take. Default: three times what one run of ffmpeg may, as it asks for that many.</summary>
    public TimeSpan Deadline { get; init; } = 3 * ffmpeg.Deadline;

    /// <summary>Looks whether it can work at all, so that no video is fetched for it in vain.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.ToolMissing"/>: there is no ffmpeg, and no process of its own either.</exception>
    public async Task RequireAsync(CancellationToken cancellation = default)
    {
        try
        {
            ffmpeg.Require();
        }
        catch (TrawlException) when (Folders.Count > 0)
        {
            if (await TakeAsync(cancellation).ConfigureAwait(false) is not { } process)
                throw;
            _idle.Add(process);
        }
    }

    /// <summary>Extracts the keyframes of a video and draws their contact sheet.</summary>
    /// <param name="path">The video.</param>
    /// <param name="folder">Where the pictures go; made when missing.</param>
    /// <param name="sheet">Where the contact sheet goes; null for none.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="TrawlException">When the file is no video, cannot be decoded, or takes too long.</exception>
    public async Task<KeyframeSet> RunAsync(string path, string folder, string? sheet, CancellationToken cancellation = default)
    {
        if (!CanReach(path) || !CanReach(folder) || await TakeAsync(cancellation).ConfigureAwait(false) is not { } process)
            return await RunProgramAsync(path, folder, sheet, cancellation).ConfigureAwait(false);
        ExtractionReply reply;
        try
        {
            var order = new ExtractionOrder(
                Path.GetFullPath(path),
                Path.GetFullPath(folder),
                sheet is null ? null : Path.GetFullPath(sheet),
                options
            );
            reply = await process.AskAsync(order, Deadline, cancellation).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            await process.KillAsync().ConfigureAwait(false);
            Drafts.Sweep(folder);
            if (e is not TrawlException { Kind: FailureKind.ToolFailed })
                throw;
            // whatever took it down, the video may be good
            return await RunProgramAsync(path, folder, sheet, cancellation).ConfigureAwait(false);
        }
        if (process.Turns < Turns)
            _idle.Add(process);
        else
            await process.DisposeAsync().ConfigureAwait(false);
        return reply.Set
            ?? throw new TrawlException(reply.Failure ?? FailureKind.ToolFailed, reply.Message ?? "The decoder gave no reason.");
    }

    /// <summary>Ends its processes.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var process))
            await process.DisposeAsync().ConfigureAwait(false);
    }

    bool CanReach(string path) => Path.GetFullPath(path) is var whole && Folders.Any(f => PathGuard.IsBelow(Path.GetFullPath(f), whole));

    async Task<ExtractorProcess?> TakeAsync(CancellationToken cancellation)
    {
        if (_useless)
            return null;
        if (_idle.TryTake(out var idle))
            return idle;
        foreach (var folder in Folders)
            Directory.CreateDirectory(folder);
        var process = new ExtractorProcess(
            program!,
            ffmpeg.IsConfined ? new Confinement([], [.. Folders.Select(Path.GetFullPath)]) : null,
            Turns * Deadline
        );
        try
        {
            if (await process.IsReadyAsync(cancellation).ConfigureAwait(false))
                return process;
            _useless = true;
        }
        catch
        {
            await process.KillAsync().ConfigureAwait(false);
            throw;
        }
        await process.DisposeAsync().ConfigureAwait(false);
        return null;
    }

    async Task<KeyframeSet> RunProgramAsync(string path, string folder, string? sheet, CancellationToken cancellation)
    {
        var set = await new KeyframeExtractor(ffmpeg, options).RunAsync(path, folder, cancellation).ConfigureAwait(false);
        if (sheet is not null)
            await new ContactSheet(ffmpeg).WriteAsync(set, sheet, cancellation).ConfigureAwait(false);
        return set;
    }
}
