namespace Trawl.Videos;

/// <summary>What two sources of a site say of one post: the fuller one's word counts, but exact numbers outweigh rounded ones.</summary>
static class VideoMerge
{
    /// <summary>One video of both.</summary>
    /// <param name="fuller">The source that says more.</param>
    /// <param name="other">The one that fills its gaps.</param>
    public static Video Of(Video fuller, Video other) =>
        fuller with
        {
            Caption = fuller.Caption.Length > 0 ? fuller.Caption : other.Caption,
            Author = fuller.Author with
            {
                Id = fuller.Author.Id ?? other.Author.Id,
                Handle = fuller.Author.Handle ?? other.Author.Handle,
                Name = fuller.Author.Name ?? other.Author.Name,
                SecUid = fuller.Author.SecUid ?? other.Author.SecUid,
                Verified = fuller.Author.Verified ?? other.Author.Verified,
            },
            Music = fuller.Music ?? other.Music,
            Counts = Merge(fuller.Counts, other.Counts),
            PublishedAt = fuller.PublishedAt ?? other.PublishedAt,
            Language = fuller.Language ?? other.Language,
            Location = fuller.Location ?? other.Location,
            Subtitles = fuller.Subtitles.IsEmpty ? other.Subtitles : fuller.Subtitles,
            IsAd = fuller.IsAd ?? other.IsAd,
            IsAiGenerated = fuller.IsAiGenerated ?? other.IsAiGenerated,
            Duration = fuller.Duration ?? other.Duration,
            Cover = fuller.Cover ?? other.Cover,
            Photos = fuller.Photos.IsEmpty ? other.Photos : fuller.Photos,
            Formats = [.. fuller.Formats, .. other.Formats.Where(o => fuller.Formats.All(f => f.Id != o.Id))],
        };

    static Counts Merge(Counts fuller, Counts other)
    {
        var (exact, rest) = fuller.Rounded != false && other.Rounded == false ? (other, fuller) : (fuller, other);
        return new Counts
        {
            Rounded = exact.Rounded,
            Views = exact.Views ?? rest.Views,
            Likes = exact.Likes ?? rest.Likes,
            Comments = exact.Comments ?? rest.Comments,
            Shares = exact.Shares ?? rest.Shares,
            Saves = exact.Saves ?? rest.Saves,
            Reposts = exact.Reposts ?? rest.Reposts,
        };
    }
}
