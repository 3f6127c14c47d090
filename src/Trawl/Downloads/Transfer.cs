using System.Buffers;
using System.Net;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Http;
using Trawl.Platforms;
using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>
/// One request for the bytes of a format: goes on where a part ends if the file is still the same, streams with a running hash, and stops at
/// the first sign that these are not the promised bytes.
/// </summary>
sealed class Transfer(Network network, PlatformOptions options, TimeProvider time, IProgress<DownloadProgress>? progress)
{
    // The contract asks for at least 128 KiB; below 256 KiB system calls cost more than copying saves.
    const int ChunkSize = 256 * 1024;

    // What it takes to tell media from anything else.
    const int SniffSize = 64;

    static readonly TimeSpan ReportEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>Brings the part at a path to its end.</summary>
    /// <returns>Its SHA-256.</returns>
    public async Task<string> RunAsync(MediaFormat format, Uri address, string path, CancellationToken cancellation)
    {
        var remains = PartFile.FindRemains(path);
        if (remains is not null && remains.Length == remains.Total)
            using (var whole = PartFile.Resume(path))
                return whole.Finish();

        var request = new VisitRequest(address)
        {
            From = remains?.Length ?? 0,
            IfRange = remains?.Validator,
            Repeat = false,
        };
        var reply = await network.Visit(format.Session).OpenAsync(request, cancellation).ConfigureAwait(false);
        await using (reply.ConfigureAwait(false))
        {
            Judge(reply, format, path);
            var goesOn = GoesOn(reply, remains, path);
            var total = goesOn ? remains!.Total ?? reply.ContentRange?.Length : Total(reply);
            if (total > options.LargestFile)
                throw TooLarge(total.Value);
            using var part = goesOn ? PartFile.Resume(path) : PartFile.Create(path, total, reply.Validator);
            var before = part.Length;
            try
            {
                await CopyAsync(reply, part, total, format, cancellation).ConfigureAwait(false);
            }
            finally
            {
                if (part.Length > before)
                    RequestBudget.Refund();
            }
            if (part.Length < total)
                throw new TrawlException(FailureKind.Truncated, $"The file ended after {part.Length} of {total} bytes.")
                {
                    Detail = "STREAM_ERROR",
                };
            return part.Finish();
        }
    }

    static void Judge(VisitReply reply, MediaFormat format, string path)
    {
        var status = (int)reply.Status;
        if (status == 416)
        {
            PartFile.Delete(path); // what we have is no prefix of what they have
            throw Status(FailureKind.UpstreamError);
        }
        if (reply.Status is not (HttpStatusCode.OK or HttpStatusCode.PartialContent))
            throw Status(
                status switch
                {
                    401 or 403 or 410 => FailureKind.AddressExpired,
                    429 => FailureKind.RateLimited,
                    204 => FailureKind.WrongContent,
                    _ => FailureKind.UpstreamError,
                }
            );
        var type = reply.ContentType;
        var isMedia = type is "" or "application/octet-stream" || type.StartsWith("video/", StringComparison.Ordinal);
        if (!isMedia && !(format.AudioOnly && type.StartsWith("audio/", StringComparison.Ordinal)))
            throw new TrawlException(FailureKind.WrongContent, $"{reply.Address.Host} sent {type} instead of media.")
            {
                Detail = "INVALID_CONTENT_TYPE",
            };
        if (reply.IsCompressed)
            throw new TrawlException(FailureKind.WrongContent, $"{reply.Address.Host} sent compressed bytes nobody asked for.")
            {
                Detail = "INVALID_CONTENT_TYPE",
            };

        TrawlException Status(FailureKind kind) =>
            new(kind, $"{reply.Address.Host} answered with status {status}.")
            {
                Detail = $"STREAM_ERROR_HTTP_{status}",
                RetryAfter = reply.RetryAfter,
            };
    }

    static bool GoesOn(VisitReply reply, PartFile.Remains? remains, string path)
    {
        if (reply.Status != HttpStatusCode.PartialContent)
            return false; // 200: the whole again, because the file changed or ranges are not served
        var range = reply.ContentRange;
        if (remains is null && range?.From is null or 0)
            return false;
        var same =
            remains is not null
            && range?.From == remains.Length
            && (remains.Total is null || range.Length is null || range.Length == remains.Total)
            && (remains.Validator is null || reply.Validator is null || reply.Validator == remains.Validator);
        if (same)
            return true;
        PartFile.Delete(path);
        throw new TrawlException(FailureKind.UpstreamError, $"{reply.Address.Host} sent other bytes than were asked for.")
        {
            Detail = "STREAM_ERROR",
        };
    }

    static long? Total(VisitReply reply) => reply.ContentRange?.Length ?? reply.ContentLength;

    async Task CopyAsync(VisitReply reply, PartFile part, long? total, MediaFormat format, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
        var (started, begun) = (time.GetTimestamp(), part.Length);
        try
        {
            Report(part, total, format, begun, started);
            var reported = started;
            for (var more = true; more; )
            {
                more = await CopyChunkAsync(reply, part, buffer).ConfigureAwait(false);
                if (more && time.GetElapsedTime(reported) >= ReportEvery)
                {
                    Report(part, total, format, begun, started);
                    reported = time.GetTimestamp();
                }
                await PaceAsync(part.Length - begun, started, cancellation).ConfigureAwait(false);
            }
            if (part.Length == 0)
                throw new TrawlException(FailureKind.WrongContent, $"{reply.Address.Host} sent an empty file.") { Detail = "EMPTY_FILE" };
            Report(part, total, format, begun, started, ended: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    void Report(PartFile part, long? total, MediaFormat format, long begun, long started, bool ended = false)
    {
        var elapsed = time.GetElapsedTime(started);
        progress?.Report(
            new DownloadProgress(part.Length, total, format.Id)
            {
                BytesPerSecond = elapsed > TimeSpan.Zero && part.Length > begun ? (part.Length - begun) / elapsed.TotalSeconds : null,
                IsComplete = ended && !(part.Length < total),
            }
        );
    }

    // Fills the buffer before it writes: a TLS read brings 16 KiB, and a write call for each would double the cost of the copy.
    async Task<bool> CopyChunkAsync(VisitReply reply, PartFile part, byte[] buffer)
    {
        var (filled, read, begun) = (0, 0, time.GetTimestamp());
        var ended = false;
        try
        {
            do
            {
                read = await reply.ReadAsync(buffer.AsMemory(filled, ChunkSize - filled)).ConfigureAwait(false);
                filled += read;
            } while (read > 0 && filled < ChunkSize && (part.Length + filled < SniffSize || time.GetElapsedTime(begun) < ReportEvery));
            ended = read == 0;
            return !ended;
        }
        finally
        {
            // also what came before a connection broke, unless it is too little to tell what it is
            if (filled > 0 && (ended || part.Length + filled >= SniffSize))
                Append(reply, part, buffer.AsSpan(0, filled));
        }
    }

    void Append(VisitReply reply, PartFile part, ReadOnlySpan<byte> bytes)
    {
        if (part.Length == 0 && MediaCheck.Extension(bytes) is null)
            throw new TrawlException(FailureKind.WrongContent, $"{reply.Address.Host} sent something that is not media.")
            {
                Detail = "INVALID_CONTENT_TYPE",
            };
        if (part.Length + bytes.Length > options.LargestFile)
            throw TooLarge(part.Length + bytes.Length);
        part.Append(bytes);
    }

    ValueTask PaceAsync(long bytes, long started, CancellationToken cancellation)
    {
        if (options.LimitRate is not { } rate)
            return ValueTask.CompletedTask;
        var ahead = TimeSpan.FromSeconds(bytes / (double)rate) - time.GetElapsedTime(started);
        return ahead > TimeSpan.Zero ? new ValueTask(Task.Delay(ahead, time, cancellation)) : ValueTask.CompletedTask;
    }

    TrawlException TooLarge(long size) =>
        new(FailureKind.TooLarge, $"The file has {size} bytes or more, allowed are {options.LargestFile}.")
        {
            Detail = "SIZE_LIMIT_EXCEEDED",
        };
}
