using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trawl.Browser.Profiles;

/// <summary>What is noted of a profile, in its <c>metadata.json</c>: as older services wrote it, and safe when several write at once.</summary>
public static class ProfileMetadata
{
    const string Name = "metadata.json";
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>What is noted; a new note when there is none or it cannot be read.</summary>
    public static JsonObject Read(string master)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(master, Name))) as JsonObject ?? [];
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return [];
        }
    }

    /// <summary>A number that is noted; 0 when it is not.</summary>
    public static double Number(string master, string name) =>
        Read(master)[name] is JsonValue value && value.TryGetValue<double>(out var number) ? number : 0;

    /// <summary>Changes some of it, and nothing else, whoever else changes something at the same time.</summary>
    public static void Update(string master, TimeProvider time, params IEnumerable<(string Name, JsonNode? Value)> changes)
    {
        Directory.CreateDirectory(master);
        using var held = Take(Path.Combine(master, $"{Name}.lock"));
        var metadata = Read(master);
        var now = time.GetUtcNow().ToUnixTimeMilliseconds() / 1000.0;
        metadata.TryAdd("version", "1.0");
        metadata.TryAdd("created_at", now);
        metadata.TryAdd("profile_type", "chromium");
        metadata["last_updated"] = now;
        foreach (var (name, value) in changes)
            metadata[name] = value;
        var draft = Path.Combine(master, $"{Name}.{Guid.NewGuid():n}");
        File.WriteAllText(draft, metadata.ToJsonString(Indented));
        File.Move(draft, Path.Combine(master, Name), overwrite: true);
    }

    static ProfileLock Take(string path)
    {
        ProfileLock? taken = null;
        return SpinWait.SpinUntil(() => (taken = ProfileLock.Try(path, shared: false)) is not null, Patience)
            ? taken!
            : throw new IOException($"{path} stayed locked.");
    }
}
