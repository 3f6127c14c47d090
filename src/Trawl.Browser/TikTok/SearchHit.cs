namespace Trawl.Browser.TikTok;

/// <summary>A video a search found.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Caption">What its author wrote.</param>
/// <param name="Author">The handle.</param>
/// <param name="Likes">How many like it.</param>
/// <param name="Uploaded">When: <c>2026-03-04</c>, or as the page says it.</param>
/// <param name="Address">Its page.</param>
public sealed record SearchHit(string Id, string Caption, string Author, long Likes, string Uploaded, string Address)
{
    /// <summary>A post's page; without its author where nobody knows one.</summary>
    public static string AddressOf(string id, string author) =>
        author.Length > 0 ? $"https://www.tiktok.com/@{author.TrimStart('@')}/video/{id}" : $"https://www.tiktok.com/video/{id}";
}
