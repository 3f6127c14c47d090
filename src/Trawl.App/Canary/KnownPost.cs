using System.Globalization;
using Trawl.Failures;
using Trawl.Videos;

namespace Trawl.App.Canary;

/// <summary>A post that is known to be there, and what must be said of it.</summary>
/// <param name="Link">Its link.</param>
/// <param name="Must">What must be said: author, duration in seconds, kind (video or photo). What is not named is what was said at first.</param>
sealed record KnownPost(string Link, IReadOnlyDictionary<string, string> Must)
{
    static readonly string[] Names = ["author", "duration", "kind"];

    /// <summary>Reads a file: a link a line, behind it what must be said, as <c>author=lena duration=12</c>; # begins a comment.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/>, naming the line.</exception>
    public static IReadOnlyList<KnownPost> ReadAll(string file)
    {
        string[] lines;
        try
        {
            lines = File.ReadAllLines(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The file {file} cannot be read.", e);
        }
        var posts = lines.Select((text, i) => Read(text, $"{file}, line {i + 1}")).OfType<KnownPost>().ToList();
        return posts.Count is > 0 and <= 50
            ? posts
            : throw new TrawlException(FailureKind.Configuration, $"{file} names {posts.Count} posts; 1 to 50 are asked for.");
    }

    static KnownPost? Read(string line, string place)
    {
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not [var link, .. var rest] || link.StartsWith('#'))
            return null;
        var must = new Dictionary<string, string>();
        foreach (var pair in rest.TakeWhile(word => !word.StartsWith('#')))
            must[
                pair.Split('=', 2) is [var name, { Length: > 0 }] && Names.Contains(name)
                    ? name
                    : throw new TrawlException(FailureKind.Configuration, $"{place}: \"{pair}\" is none of {string.Join("=, ", Names)}=.")
            ] = pair.Split('=', 2)[1];
        return new KnownPost(link, must);
    }

    /// <summary>What is said of a post, as it is compared.</summary>
    public static IReadOnlyDictionary<string, string> FieldsOf(Video video)
    {
        var fields = new SortedDictionary<string, string>(StringComparer.Ordinal);
        Add("author", video.Author.Handle);
        Add("author_name", video.Author.Name);
        Add("kind", video.IsPhotoPost ? "photo" : "video");
        Add("duration", video.Duration is { } d ? Math.Round(d.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null);
        Add("published", video.PublishedAt?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Add("caption", Yes(video.Caption.Length > 0));
        Add("views", Yes(video.Counts.Views is not null));
        Add("likes", Yes(video.Counts.Likes is not null));
        Add("music", Yes(video.Music is not null));
        Add("cover", Yes(video.Cover is not null));
        Add("formats", Yes(!video.Formats.IsEmpty || video.IsPhotoPost));
        Add(
            "clean_formats",
            Yes(video.Formats.Any(f => f is { Watermarked: false, AudioOnly: false, Silent: false }) || video.IsPhotoPost)
        );
        return fields;

        void Add(string name, string? value)
        {
            if (value is { Length: > 0 })
                fields[name] = value.Length > 80 ? value[..80] : value;
        }

        static string? Yes(bool isThere) => isThere ? "yes" : null;
    }
}
