using Trawl.Http;

namespace Trawl.Tests.Shared;

/// <summary>Lets in who comes to <c>site.test</c>, each time with another pass that is good for half an hour.</summary>
public sealed class Door(TimeProvider time) : Authenticator
{
    int _logIns;

    public int LogIns => _logIns;

    public override string Name => "door";

    public override bool IsFor(string host) => host == "site.test";

    public override Task<Pass> LogInAsync(CancellationToken cancellation) =>
        Task.FromResult(
            new Pass
            {
                Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Interlocked.Increment(ref _logIns)}" },
                ExpiresAt = time.GetUtcNow() + TimeSpan.FromMinutes(30),
            }
        );
}
