using Microsoft.Extensions.Logging;

namespace Trawl.Http;

/// <summary>The one door to the network: shared connections behind the <see cref="HostGuard"/>. Everything goes out through a <see cref="Visit"/>.</summary>
public sealed class Network : IDisposable
{
    const double Jitter = 0.2;

    readonly Exits _exits;
    readonly Random _chance;
    int _errands = -1;

    /// <summary>Opens the door.</summary>
    public Network(HttpOptions options, ILogger logger, TimeProvider time, Dialer? dialer = null)
    {
        Options = options;
        Logger = logger;
        Time = time;
        Guard = new HostGuard(dialer ?? Dialer.System, options.TrustedServices.ToHashSet());
        Gate = new RateGate(options.Pace, options.Patience, time, options.SharedPace);
        Passes = new Passes(options.Authenticators, options.Credentials, time);
        _chance = new Random(options.Seed ?? (Environment.ProcessId ^ (int)time.GetTimestamp()));
        _exits = new Exits(options, Guard, dialer ?? Dialer.System, time);
    }

    internal HttpOptions Options { get; }

    internal ILogger Logger { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    internal HostGuard Guard { get; }

    internal RateGate Gate { get; }

    internal RetryBudget Retries { get; } = new();

    internal Passes Passes { get; }

    internal Exits Exits => _exits;

    /// <summary>How long to pause before a repetition, counted from 0; never the same twice, so that many who failed together do not come back together.</summary>
    internal TimeSpan BackOff(int retry)
    {
        lock (_chance)
            return Options.RetryDelay * (1 << retry) * (1 + (Jitter * ((2 * _chance.NextDouble()) - 1)));
    }

    /// <summary>How many ways out there are.</summary>
    internal int Ways => Math.Max(1, Options.Proxies.Count);

    /// <summary>A session that has chosen its way out, the next in turn; sites know us by it.</summary>
    internal Session OnItsWay(Session session) => session with { Exit = _exits.For(session).Proxy };

    /// <summary>Begins an errand as somebody.</summary>
    public Visit Visit(Session session)
    {
        if (session.Rotates && Options.UserAgents.Count > 0)
        {
            var turn = (uint)Interlocked.Increment(ref _errands) / (uint)Options.RotateEvery;
            session = session with { UserAgent = Options.UserAgents[(int)(turn % Options.UserAgents.Count)], Rotates = false };
        }
        return new(this, session.Cookies.IsEmpty ? session with { Cookies = Options.Cookies } : session);
    }

    /// <summary>Closes all connections.</summary>
    public void Dispose()
    {
        _exits.Dispose();
        Passes.Dispose();
    }
}
