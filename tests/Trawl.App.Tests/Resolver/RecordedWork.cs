using Trawl.App.Resolver;
using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;
using Trawl.App.Searches;

namespace Trawl.App.Tests.Resolver;

/// <summary>The work behind the routes as it was recorded once.</summary>
sealed class RecordedWork(Fields recording) : IResolverWork
{
    public Task<Fields> SearchAsync(SearchRequest request, IProgress<Fields>? found, CancellationToken cancellation)
    {
        var answer = Recorded("search_service_returns");
        foreach (var hit in (answer.GetValueOrDefault("results") as List<object?> ?? []).OfType<Fields>())
            found?.Report(hit);
        return Task.FromResult(answer);
    }

    public Task<DownloadAnswer> DownloadAsync(DownloadRequest request, CancellationToken cancellation)
    {
        if (recording.Text("resolved") is { } address)
            return Task.FromResult(
                DownloadAnswer.Found(
                    request,
                    address,
                    null,
                    null,
                    null,
                    recording["head_content_length"] as long?,
                    (double)recording["execution_time"]!
                )
            );
        var answer = Recorded("download_service_returns");
        return Task.FromResult(
            DownloadAnswer.Error(
                answer.Text("error_code"),
                answer.Text("message"),
                (Fields?)answer["error_details"],
                (double)answer["execution_time"]!
            )
        );
    }

    public Task<Fields> SessionAsync(CancellationToken cancellation) => Task.FromResult(Recorded("session_service_returns"));

    public Task<BrowseAnswer> BrowseAsync(BrowseRequest request, CancellationToken cancellation)
    {
        var answer = Recorded("browse_returns");
        return Task.FromResult(new BrowseAnswer(answer.Text("status") == "success", answer.Text("message")!));
    }

    Fields Recorded(string name) => (Fields)recording[name]!;
}
