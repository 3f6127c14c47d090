using Trawl.App.Resolver.Json;
using Trawl.Browser.TikTok;

namespace Trawl.App.Resolver;

/// <summary>The hits of all phrases: each video once, in the order they were found, and no more than wanted.</summary>
sealed class HitList(int limit, IProgress<Fields>? found) : IProgress<SearchHit>
{
    readonly Lock _guard = new();
    readonly HashSet<string> _known = new(StringComparer.Ordinal);
    readonly List<object?> _hits = [];

    public int Limit => limit;

    public int Count => _hits.Count;

    public bool IsFull => _hits.Count >= limit;

    public void Report(SearchHit value)
    {
        lock (_guard)
        {
            if (IsFull || !_known.Add(value.Id.Length > 0 ? value.Id : value.Address))
                return;
            var hit = new Fields
            {
                ["id"] = value.Id,
                ["caption"] = value.Caption,
                ["authorHandle"] = value.Author,
                ["likeCount"] = value.Likes,
                ["uploadTime"] = value.Uploaded,
                ["webViewUrl"] = value.Address,
            };
            _hits.Add(hit);
            found?.Report(hit);
        }
    }

    public void AddRange(IEnumerable<SearchHit> hits)
    {
        foreach (var hit in hits)
            Report(hit);
    }

    public List<object?> ToList() => [.. _hits];
}
