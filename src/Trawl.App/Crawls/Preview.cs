using Trawl.Downloads;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Keyframes;

namespace Trawl.App.Crawls;

/// <summary>First pictures of one video, taken while the rest of it is still arriving. They lie beside what has arrived, and go when it is done.</summary>
sealed class Preview(KeyframePreview pictures, StagingFolder claim, Action<IReadOnlyList<Keyframe>> report, CancellationToken cancellation)
{
    const double EnoughOfIt = 0.3;

    Task? _taking;

    /// <summary>Sees that bytes have arrived, and begins once there are enough.</summary>
    public void See(DownloadProgress progress)
    {
        if (progress.Total is { } total && !progress.IsComplete && progress.Received >= total * EnoughOfIt)
            _taking ??= TakeAsync();
    }

    /// <summary>Waits for what was begun: what it reads is about to be moved.</summary>
    public Task EndAsync() => _taking ?? Task.CompletedTask;

    async Task TakeAsync()
    {
        var arriving = new DirectoryInfo(claim.FolderPath).EnumerateFiles("*.part").MaxBy(f => f.LastWriteTimeUtc);
        if (arriving is null)
            return;
        try
        {
            if (await pictures.RunAsync(arriving.FullName, claim.File("preview"), cancellation) is { Count: > 0 } taken)
                report(taken);
        }
        catch (TrawlException)
        {
            // what is wrong with the video is said when it is whole; with ffmpeg, when the keyframes are taken
        }
    }
}
