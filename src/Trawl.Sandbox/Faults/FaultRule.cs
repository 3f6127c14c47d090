using System.Text.Json.Serialization;

namespace Trawl.Sandbox.Faults;

/// <summary>A misbehaviour on request.</summary>
public sealed record FaultRule
{
    /// <summary>The host that misbehaves; null for every host.</summary>
    public string? Host { get; init; }

    /// <summary>A regular expression the path and query must match; null for every path.</summary>
    public string? Path { get; init; }

    /// <summary>The method it befalls, for example GET; null for every method.</summary>
    public string? Method { get; init; }

    /// <summary>What happens; an unknown kind is refused with the list of all.</summary>
    public required string Fault { get; init; }

    /// <summary>How many matching requests it befalls. Default: all.</summary>
    public int? Times { get; init; }

    /// <summary>Seeds what is left to chance, such as where a connection is cut.</summary>
    public int Seed { get; init; }

    /// <summary>What the kind needs to know, for example <c>{"status": "503"}</c>.</summary>
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow
)]
[JsonSerializable(typeof(FaultRule))]
sealed partial class FaultJsonContext : JsonSerializerContext;
