using System.Text.Json;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>What our JSON documents have in common.</summary>
static class JsonText
{
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

    public static void WriteAttempt(this Utf8JsonWriter writer, Attempt attempt)
    {
        writer.WriteStartObject();
        writer.WriteString("strategy", attempt.Strategy);
        writer.WriteString("outcome", attempt.Outcome);
        writer.WriteNumber("elapsed_ms", (long)attempt.Elapsed.TotalMilliseconds);
        writer.WriteString("reason", attempt.Reason);
        writer.WriteString("detail", attempt.Detail);
        writer.WriteEndObject();
    }
}
