using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>A part of the Internet the sandbox plays.</summary>
abstract class Site
{
    /// <summary>Whether a host is played by this site.</summary>
    public abstract bool Plays(string host);

    /// <summary>Answers a request.</summary>
    public abstract Task<Reply> AnswerAsync(Request request);
}
