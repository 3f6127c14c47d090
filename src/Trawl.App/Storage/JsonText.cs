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
        if (attempt.ServiceTime is { } spent)
            writer.WriteNumber("service_ms", (long)spent.TotalMilliseconds);
        writer.WriteEndObject();
    }
}
