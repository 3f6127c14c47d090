using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>What our JSON documents have in common.</summary>
static class JsonText
{
    static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>An object as UTF-8, readable by people as it is.</summary>
    /// <param name="write">Writes what is in it.</param>
    /// <param name="indented">Whether it is spread over lines.</param>
    public static byte[] Document(Action<Utf8JsonWriter> write, bool indented = false)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact with { Indented = indented }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        return buffer.ToArray();
    }

    /// <summary>An object on one line.</summary>
    public static string Line(Action<Utf8JsonWriter> write) => Encoding.UTF8.GetString(Document(write));

    public static void WriteNumberOrNull(this Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    public static void WriteNumberOrNull(this Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    public static void WriteFlagOrNull(this Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag)
            writer.WriteBoolean(name, flag);
        else
            writer.WriteNull(name);
    }

    public static void WriteStrings(this Utf8JsonWriter writer, string name, IEnumerable<string> values)
    {
        writer.WriteStartArray(name);
        foreach (var value in values)
            writer.WriteStringValue(value);
        writer.WriteEndArray();
    }

    public static void WriteAttempt(this Utf8JsonWriter writer, Attempt attempt)
    {
        writer.WriteStartObject();
        writer.WriteString("strategy", attempt.Strategy);
        writer.WriteString("outcome", attempt.Outcome);
        writer.WriteNumber("elapsed_ms", (long)attempt.Elapsed.TotalMilliseconds);
        writer.WriteString("reason", attempt.Reason);
        writer.WriteString("detail", attempt.Detail);
        if (attempt.Door is not null)
            writer.WriteString("door", attempt.Door);
        if (attempt.Way is not null)
            writer.WriteString("way", attempt.Way);
        if (attempt.Warnings.Count > 0)
            writer.WriteTexts("warnings", attempt.Warnings);
        if (attempt.ServiceTime is { } spent)
            writer.WriteNumber("service_ms", (long)spent.TotalMilliseconds);
        writer.WriteEndObject();
    }

    /// <summary>Writes texts as an array.</summary>
    public static void WriteTexts(this Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
