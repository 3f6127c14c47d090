namespace Trawl.Keyframes;

/// <summary>Makes pictures of any size and format into pictures of one.</summary>
sealed unsafe class Shrinker : IDisposable
{
    readonly int _flags;
    readonly byte[] _pixels;
    readonly int _row;
    PictureKind _kind;
    AVFrame* _picture;
    void* _converter;

    /// <summary>For pictures of a size.</summary>
    /// <param name="width">How wide they become.</param>
    /// <param name="height">How high.</param>
    /// <param name="pixels">ffmpeg's name of their pixel format: of one plane.</param>
    /// <param name="bytes">The bytes of a pixel.</param>
    /// <param name="flags">The way they are shrunk.</param>
    public Shrinker(int width, int height, string pixels, int bytes, int flags)
    {
        (_flags, _row, _pixels) = (flags, width * bytes, new byte[width * bytes * height]);
        // pixels are written many at a time, beyond the end of a row: into memory that is made for it
        _picture = Libav.NewFrame(width, height, pixels);
    }

    /// <summary>The small picture, row after row; its memory is used again for the next.</summary>
    public ReadOnlySpan<byte> Shrink(AVFrame* frame)
    {
        if (frame->PictureKind != _kind)
            Prepare(frame);
        Libav.sws_scale(_converter, (byte**)frame->Planes, frame->Strides, 0, frame->Height, (byte**)_picture->Planes, _picture->Strides);
        for (var y = 0; y < _picture->Height; y++)
            _picture->Row(y, _row).CopyTo(_pixels.AsSpan(y * _row));
        return _pixels;
    }

    /// <summary>Lets the converter go.</summary>
    public void Dispose()
    {
        Libav.sws_freeContext(_converter);
        fixed (AVFrame** picture = &_picture)
            Libav.av_frame_free(picture);
    }

    void Prepare(AVFrame* frame)
    {
        Libav.sws_freeContext(_converter);
        _kind = frame->PictureKind;
        _converter = Libav.NewConverter(_kind, _picture->PictureKind, _flags);
    }
}
