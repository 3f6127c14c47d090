using Trawl.Files;
using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>What a staged photo set needs to be finished.</summary>
public static class StagedPhotos
{
    /// <summary>Moves a staged set to its final names: the sound first, the folder of pictures last.</summary>
    /// <param name="set">The set.</param>
    /// <param name="stem">The path of the post's files, without an extension.</param>
    /// <param name="pictures">The staged folder of pictures.</param>
    public static PhotoSet MoveTo(this PhotoSet set, string stem, string pictures)
    {
        var sound = set.Sound;
        if (sound is not null)
        {
            var path = stem + Path.GetExtension(sound.Path);
            DurableFile.Rename(sound.Path, path);
            sound = sound with { Path = path };
        }
        DurableFile.Rename(pictures, stem + ".photos");
        return set with
        {
            Images = [.. set.Images.Select(i => i with { Path = Path.Combine(stem + ".photos", Path.GetFileName(i.Path)) })],
            Sound = sound,
        };
    }
}
