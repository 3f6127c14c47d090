using Trawl.Http;

namespace Trawl.Strategies;

/// <summary>What is known of sites, whatever the knobs: which doors are open, and the sessions browsers were given.</summary>
/// <param name="Doors">The doors.</param>
/// <param name="Sessions">The sessions.</param>
public sealed record SiteBook(DoorBook Doors, BrowserSessions Sessions);
