using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Trawl.Failures;
using Trawl.Files;
using Trawl.Processes;

namespace Trawl.Keyframes;

/// <summary>One video for a process that extracts.</summary>
/// <param name="Path">The video.</param>
/// <param name="Folder">Where the pictures go.</param>
/// <param name="Sheet">Where the contact sheet goes; null for none.</param>
/// <param name="Options">What is wanted.</param>
sealed record ExtractionOrder(string Path, string Folder, string? Sheet, KeyframeOptions Options);

/// <summary>What came of it: a set, or a failure.</summary>
sealed record ExtractionReply(KeyframeSet? Set, FailureKind? Failure = null, string? Message = null);

/// <summary>Orders and replies, one line of JSON each.</summary>
[JsonSerializable(typeof(ExtractionOrder))]
[JsonSerializable(typeof(ExtractionReply))]
[JsonSourceGenerationOptions(NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
sealed partial class ExtractionJson : JsonSerializerContext;

/// <summary>
/// What a process of an <see cref="ExtractorPool"/> does: it takes orders from its standard input and answers them, one after the other, until that
/// is closed. It sees into videos with ffmpeg's libraries, and can reach nothing but the folder it was given (<see cref="Confinement"/>).
/// </summary>
public static class ExtractorLoop
{
    /// <summary>The first line it writes, where the libraries are there.</summary>
    internal const string Ready = "ready";

    /// <summary>Whether ffmpeg's libraries are here, in the version that is known.</summary>
    public static bool CanRun => Libav.IsThere;

    /// <summary>Runs to the end of its orders.</summary>
    /// <returns>The exit code: 0, or 1 without the libraries.</returns>
    public static async Task<int> RunAsync(Stream orders, Stream replies)
    {
        // Ctrl-C reaches every process of a terminal; when to end is for the one that gives the orders to say
        using var interrupts = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        if (!CanRun)
            return 1;
        SyscallFilter.RefusePrograms(); // the libraries are loaded: it has no program to start
        using var reader = new StreamReader(orders);
        var writer = new StreamWriter(replies) { AutoFlush = true };
        await using var end = writer.ConfigureAwait(false);
        await writer.WriteLineAsync(Ready).ConfigureAwait(false);
        while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            var order = JsonSerializer.Deserialize(line, ExtractionJson.Default.ExtractionOrder)!;
            var reply = await AnswerAsync(order).ConfigureAwait(false);
            await writer.WriteLineAsync(JsonSerializer.Serialize(reply, ExtractionJson.Default.ExtractionReply)).ConfigureAwait(false);
        }
        return 0;
    }

    static async Task<ExtractionReply> AnswerAsync(ExtractionOrder order)
    {
        try
        {
            var decoder = new LibavDecoder();
            var set = await new KeyframeExtractor(decoder, order.Options).RunAsync(order.Path, order.Folder).ConfigureAwait(false);
            if (order.Sheet is { } sheet)
                await new ContactSheet(decoder).WriteAsync(set, sheet).ConfigureAwait(false);
            return new ExtractionReply(set);
        }
        catch (TrawlException e)
        {
            return new ExtractionReply(null, e.Kind, e.Message);
        }
        catch (Exception e) when (StorageFailure.From(e, order.Folder) is { } failure)
        {
            return new ExtractionReply(null, failure.Kind, failure.Message);
        }
        catch (Exception e) when (e is NotSupportedException or InvalidOperationException)
        {
            return new ExtractionReply(null, FailureKind.ToolFailed, e.Message);
        }
    }
}
