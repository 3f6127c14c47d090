using Trawl.Videos;

namespace Trawl.Downloads;

/// <summary>A verified file that still lies in the staging folder, and the video as it was resolved when it was fetched.</summary>
/// <param name="Video">The video; another strategy than at first may have resolved it.</param>
/// <param name="File">The file in the staging folder.</param>
public sealed record StagedVideo(Video Video, VideoFile File);
