using System.Collections.Concurrent;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;

namespace Trawl.App.Resolver;

/// <summary>Answers to searches, for a short while, where that is asked for.</summary>
sealed class SearchCache(TimeSpan lifetime, TimeProvider time)
{
    const int Most = 1000;

    readonly ConcurrentDictionary<string, (Fields Answer, DateTimeOffset Until)> _answers = [];

    /// <summary>An answer that still counts; null when there is none.</summary>
    public Fields? Find(SearchRequest request) =>
        lifetime > TimeSpan.Zero && _answers.TryGetValue(request.Hash, out var kept) && kept.Until > time.GetUtcNow() ? kept.Answer : null;

    public void Keep(SearchRequest request, Fields answer)
    {
        if (lifetime == TimeSpan.Zero)
            return;
        if (_answers.Count >= Most)
            foreach (var (hash, _) in _answers.Where(a => a.Value.Until <= time.GetUtcNow()).ToList())
                _answers.TryRemove(hash, out _);
        if (_answers.Count < Most)
            _answers[request.Hash] = (answer, time.GetUtcNow() + lifetime);
    }
}
