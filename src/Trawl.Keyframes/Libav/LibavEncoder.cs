using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>Compresses still pictures of one size with ffmpeg's libraries.</summary>
sealed unsafe class LibavEncoder : IDisposable
{
    readonly int _quality;
    long _written;
    AVPacket* _packet;
    void* _encoder;

    /// <summary>For pictures of a size.</summary>
    /// <param name="codec">ffmpeg's name of the codec.</param>
    /// <param name="frame">One of the pictures.</param>
    /// <param name="pixels">ffmpeg's name of their pixel format.</param>
    /// <param name="coarseness">From 1 to 31, for codecs that go by it.</param>
    /// <param name="settings">Settings of the codec by ffmpeg's names.</param>
    public LibavEncoder(
        string codec,
        AVFrame* frame,
        string pixels,
        int coarseness,
        params IEnumerable<(string Name, string Value)> settings
    )
    {
        _quality = coarseness * Libav.QualityUnit;
        var found = Libav.avcodec_find_encoder_by_name(codec);
        if (found is null)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg's libraries cannot write {codec}.");
        _encoder = Libav.avcodec_alloc_context3(found);
        _packet = Libav.av_packet_alloc();
        void* options = LibavVideo.Dictionary([
            ("threads", "1"),
            ("video_size", $"{frame->Width}x{frame->Height}"),
            ("pixel_format", pixels),
            ("time_base", "1/25"),
            ("aspect", "1:1"),
            ("flags", "+qscale"),
            ("global_quality", $"{_quality}"),
            .. settings,
        ]);
        var result = Libav.avcodec_open2(_encoder, found, &options);
        Libav.av_dict_free(&options);
        if (result >= 0)
            return;
        Dispose();
        throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg's libraries cannot write {codec}: {Libav.Meaning(result)}");
    }

    /// <summary>Compresses a picture into a file.</summary>
    public void Write(AVFrame* frame, string path)
    {
        // an encoder takes no two pictures of one time
        (frame->Quality, frame->Kind, frame->Time) = (_quality, 0, _written++);
        var result = Libav.avcodec_send_frame(_encoder, frame);
        if (result >= 0)
            result = Libav.avcodec_receive_packet(_encoder, _packet);
        if (result < 0)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg's libraries cannot write a picture: {Libav.Meaning(result)}");
        using (var file = File.Create(path))
            file.Write(new ReadOnlySpan<byte>(_packet->Data, _packet->Size));
        Libav.av_packet_unref(_packet);
    }

    /// <summary>Lets the codec go.</summary>
    public void Dispose()
    {
        fixed (AVPacket** packet = &_packet)
            Libav.av_packet_free(packet);
        fixed (void** encoder = &_encoder)
            Libav.avcodec_free_context(encoder);
    }
}
