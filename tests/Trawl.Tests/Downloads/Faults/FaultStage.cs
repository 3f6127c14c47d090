using System.Net;
using System.Net.Sockets;
using Trawl.Sandbox.Faults;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Downloads.Faults;

/// <summary>Where a fault strikes: one strategy in a world of its own. The door is what the strategy asks first, the media hosts come after.</summary>
public sealed class FaultStage(string strategy, string post, SandboxRun run, int seed)
{
    /// <summary>Another one of the forms a fault can have for each seed.</summary>
    public T One<T>(params T[] forms) => forms[seed % forms.Length];

    /// <summary>The strategy.</summary>
    public string Strategy => strategy;

    /// <summary>The id of the post that is asked for.</summary>
    public string PostId => post;

    /// <summary>What is put in the place of what in the answer of yt-dlp, which asks at the door by itself.</summary>
    public (string Find, string Put)? Patched { get; private set; }

    /// <summary>Whether the door is struck, which a program of somebody else's meets by itself.</summary>
    public bool AtTheDoor { get; private set; }

    /// <summary>The host and path a strategy asks first.</summary>
    public (string Host, string Path) Door =>
        strategy switch
        {
            "tikwm" => ("www.tikwm.com", "^/api/"),
            "scrapling-api" => ("resolver.sandbox.test", "^/tiktok/download"),
            _ => ("www.tiktok.com", "^/@|^/player/|^/embed/"),
        };

    /// <summary>The hosts its media come from.</summary>
    public string[] MediaHosts =>
        strategy == "web" ? ["v16-webapp-prime.tiktok.com", "v19-webapp-prime.tiktok.com"] : ["v16m.tiktokcdn.com"];

    /// <summary>Strikes whoever asks at the door.</summary>
    public void Page(string fault, params (string, string)[] args) => Page(fault, null, args);

    /// <summary>Strikes those who ask at the door first.</summary>
    public void Page(string fault, int? times, params (string, string)[] args)
    {
        if (fault == "patched" && strategy == "yt-dlp")
        {
            Patched = (args[0].Item2, args[1].Item2);
            return;
        }
        AtTheDoor = true;
        run.World.Add(
            new FaultRule
            {
                Host = Door.Host,
                Path = Door.Path,
                Fault = fault,
                Times = times,
                Seed = seed,
                Args = args.ToDictionary(a => a.Item1, a => a.Item2),
            }
        );
    }

    /// <summary>Redirects from some path at the door's host.</summary>
    public void Redirect(string path, string to) =>
        run.World.Add(
            new FaultRule
            {
                Host = Door.Host,
                Path = path,
                Fault = "redirect",
                Args = new Dictionary<string, string> { ["to"] = to },
            }
        );

    /// <summary>Strikes the TLS of the door.</summary>
    public void Tls(string fault)
    {
        AtTheDoor = true;
        run.World.Add(new FaultRule { Host = Door.Host, Fault = fault });
    }

    /// <summary>Strikes whoever fetches media.</summary>
    public void Media(string fault, params (string, string)[] args) => Media(fault, null, args);

    /// <summary>Strikes those who fetch media first.</summary>
    public void Media(string fault, int? times, params (string, string)[] args) =>
        run.World.Add(
            new FaultRule
            {
                Host = strategy == "web" ? null : "v16m.tiktokcdn.com",
                Path = strategy == "web" ? "/video/tos/|/aweme/" : "/video/tos/",
                Method = "GET",
                Fault = fault,
                Times = times,
                Seed = seed,
                Args = args.ToDictionary(a => a.Item1, a => a.Item2),
            }
        );

    /// <summary>Answers when the door's name is looked up: given how often it was before, and the right answer.</summary>
    public void DoorName(Func<int, IPAddress[], CancellationToken, Task<IPAddress[]>> answer)
    {
        AtTheDoor = true;
        run.Board!.NameServer = (host, before, own, cancellation) =>
            host == Door.Host ? answer(before, own, cancellation) : Task.FromResult(own);
    }

    /// <summary>Answers when the name of a media host is looked up.</summary>
    public void MediaName(Func<int, IPAddress[], IPAddress[]> answer) =>
        run.Board!.NameServer = (host, before, own, _) => Task.FromResult(MediaHosts.Contains(host) ? answer(before, own) : own);

    /// <summary>Lets a connection to the door never come about.</summary>
    public void DoorLeadsNowhere()
    {
        AtTheDoor = true;
        run.Board!.Plug(Door.Host, NeverAsync<Stream>);
    }

    /// <summary>Lets nobody answer at the media hosts.</summary>
    public void MediaRefuse()
    {
        foreach (var host in MediaHosts)
            run.Board!.Unplug(host);
    }

    /// <summary>Waits in vain.</summary>
    public async Task<T> NeverAsync<T>(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, run.Clock, cancellation);
        throw new SocketException((int)SocketError.TimedOut);
    }
}
