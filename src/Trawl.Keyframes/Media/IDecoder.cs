namespace Trawl.Keyframes;

/// <summary>How the <see cref="KeyframeExtractor"/> sees into videos: with the ffmpeg program, or with its libraries inside a process of their own.</summary>
interface IDecoder
{
    /// <summary>Measures a video.</summary>
    Task<MediaProbe> ProbeAsync(string path, CancellationToken cancellation);

    /// <summary>Decodes a video once, and hands over some of its frames small: the brightest of each pixel's three colours.</summary>
    /// <param name="path">The video.</param>
    /// <param name="every">1 for each frame, 2 for every second one.</param>
    /// <param name="sampler">Shrinks them.</param>
    /// <param name="take">Takes one; its memory is used again for the next.</param>
    /// <param name="cancellation">Stops it.</param>
    Task SampleAsync(string path, int every, TapSampler sampler, TakeFrame take, CancellationToken cancellation);

    /// <summary>Decodes a video once, without caring for the last detail, and hands over the light of its frames, very small.</summary>
    /// <param name="path">The video.</param>
    /// <param name="decoding">Which frames are decoded.</param>
    /// <param name="width">How wide they become.</param>
    /// <param name="height">How high.</param>
    /// <param name="take">Takes one; its memory is used again for the next.</param>
    /// <param name="drafts">A folder for what is needed on the way.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>When each is shown, in seconds.</returns>
    Task<IReadOnlyList<double>> ShrinkAsync(
        string path,
        Decoding decoding,
        int width,
        int height,
        TakeFrame take,
        string drafts,
        CancellationToken cancellation
    );

    /// <summary>Takes frames in full size; those the video does not really have are missing from the answer.</summary>
    /// <param name="path">The video.</param>
    /// <param name="probe">What it is.</param>
    /// <param name="frames">Their numbers.</param>
    /// <param name="decoding">Which frames must be decoded to get at them.</param>
    /// <param name="options">How they are stored.</param>
    /// <param name="folder">Where the files go; nothing else may be in it.</param>
    /// <param name="cancellation">Stops it.</param>
    Task<Dictionary<int, Picture>> GrabAsync(
        string path,
        MediaProbe probe,
        IEnumerable<int> frames,
        Decoding decoding,
        KeyframeOptions options,
        string folder,
        CancellationToken cancellation
    );

    /// <summary>Opens pictures of one format, one after the other.</summary>
    /// <param name="paths">Their files.</param>
    /// <param name="width">How wide they become.</param>
    /// <param name="height">How high.</param>
    /// <param name="take">Takes one: red, green and blue; its memory is used again for the next.</param>
    /// <param name="cancellation">Stops it.</param>
    Task OpenAsync(IReadOnlyList<string> paths, int width, int height, TakeFrame take, CancellationToken cancellation);

    /// <summary>Stores a picture as a JPEG.</summary>
    Task SaveAsync(Canvas canvas, string path, CancellationToken cancellation);
}
