using System.Globalization;

namespace Trawl.App.Canary;

/// <summary>What is another thing than it was, in words.</summary>
static class Difference
{
    // pages grow and shrink with what they advertise
    const double SizeFactor = 2;

    // headers that come and go
    static readonly string[] Fickle =
    [
        "age",
        "set-cookie",
        "content-length",
        "content-encoding",
        "transfer-encoding",
        "connection",
        "date",
        "etag",
    ];

    /// <summary>What differs from the last time the post was shown there.</summary>
    public static IReadOnlyList<string> Between(Observation good, Observation now)
    {
        var words = new List<string>();
        if (good.Status != now.Status && now.Status is not null)
            words.Add($"status {good.Status} is now {now.Status}");
        if (good.Size is { } before && now.Size is { } size && (size * SizeFactor < before || size > before * SizeFactor))
            words.Add($"{before} bytes are now {size}");
        var (had, has) = (Telling(good), Telling(now));
        words.AddRange(has.Except(had).Select(h => $"header {h} is new"));
        words.AddRange(had.Except(has).Select(h => $"header {h} is missing"));
        if (now.IsOpen)
            words.AddRange(Against(good.Fields, now.Fields));
        return words;
    }

    /// <summary>What is not said as it must be.</summary>
    public static IEnumerable<string> Against(IReadOnlyDictionary<string, string> must, IReadOnlyDictionary<string, string> said)
    {
        foreach (var (name, value) in must)
            if (!said.TryGetValue(name, out var now))
                yield return $"{name} is missing";
            else if (!Same(name, value, now))
                yield return $"{name} is \"{now}\", not \"{value}\"";
    }

    // sources round differently
    static bool Same(string name, string one, string other) =>
        one == other
        || (
            name == "duration"
            && int.TryParse(one, CultureInfo.InvariantCulture, out var a)
            && int.TryParse(other, CultureInfo.InvariantCulture, out var b)
            && Math.Abs(a - b) <= 1
        );

    static IEnumerable<string> Telling(Observation observation) => observation.Headers.Where(h => !Fickle.Contains(h));
}
