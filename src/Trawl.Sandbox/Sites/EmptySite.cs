using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>Any other host below sandbox.test: there is nothing, until a fault of kind <c>answer</c> speaks for it.</summary>
sealed class EmptySite : Site
{
    public override bool Plays(string host) => host.EndsWith(".sandbox.test", StringComparison.Ordinal);

    public override Task<Reply> AnswerAsync(Request request) => Task.FromResult(Reply.Nothing(404));
}
