using Trawl.App.Resolver.Answers;
using Trawl.App.Resolver.Json;
using Trawl.App.Resolver.Requests;

namespace Trawl.App.Resolver;

/// <summary>
/// The work behind the routes. Requests are valid when they come here, and cancelled when the asker hangs up. What fails is told in the answer;
/// what is thrown is a defect.
/// </summary>
interface IResolverWork
{
    /// <summary>Searches.</summary>
    /// <param name="request">What for.</param>
    /// <param name="found">Is told of each hit as it is found; null when nobody wants to know.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns><c>results</c>, <c>totalResults</c> and <c>query</c>; or <c>error</c>.</returns>
    Task<Fields> SearchAsync(SearchRequest request, IProgress<Fields>? found, CancellationToken cancellation);

    /// <summary>Finds where a video can be downloaded.</summary>
    Task<DownloadAnswer> DownloadAsync(DownloadRequest request, CancellationToken cancellation);

    /// <summary>Looks whether the profile is logged in.</summary>
    /// <returns><c>status</c>, <c>message</c> and, of an error, <c>error_details</c>.</returns>
    Task<Fields> SessionAsync(CancellationToken cancellation);

    /// <summary>Opens a window for a person and waits until it is closed.</summary>
    Task<BrowseAnswer> BrowseAsync(BrowseRequest request, CancellationToken cancellation);
}
