using Trawl.App.Concurrency;

namespace Trawl.App.Storage;

/// <summary>What a transaction can change that somebody waits for.</summary>
enum Topic
{
    /// <summary>Jobs to search for.</summary>
    Jobs,

    /// <summary>Videos to work on.</summary>
    Items,

    /// <summary>Events to send.</summary>
    Events,

    /// <summary>Messages in the inbox.</summary>
    Messages,
}

/// <summary>Wakes those who wait for a change of the database.</summary>
sealed class Changes
{
    readonly WakeSignal[] _signals = [.. Enum.GetValues<Topic>().Select(_ => new WakeSignal())];

    /// <summary>Wakes those who wait for changes of a topic.</summary>
    public WakeSignal this[Topic topic] => _signals[(int)topic];

    /// <summary>Wakes all: what changed in the meantime is unknown.</summary>
    public void SetAll()
    {
        foreach (var signal in _signals)
            signal.Set();
    }
}
