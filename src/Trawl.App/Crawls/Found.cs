namespace Trawl.App.Crawls;

/// <summary>A video a search found.</summary>
/// <param name="Platform">Where.</param>
/// <param name="Id">Its id there.</param>
/// <param name="Url">Its page.</param>
/// <param name="Title">What it is called; empty where nobody says.</param>
/// <param name="PublishedAt">When; null where nobody says.</param>
/// <param name="Duration">How long it is; null where nobody says.</param>
sealed record Found(string Platform, string Id, Uri Url, string Title, DateTimeOffset? PublishedAt = null, TimeSpan? Duration = null);
