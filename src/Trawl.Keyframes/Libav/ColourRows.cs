namespace Trawl.Keyframes;

/// <summary>
/// Rows of a decoded picture in blue, green and red, by the numbers of BT.601 as <see cref="RawFrames.ToColours"/>. Where the format allows it, only
/// the rows that are asked for are converted.
/// </summary>
sealed unsafe class ColourRows : IDisposable
{
    const int Alignment = 64; // pixels are converted many at a time, beyond the end of a row

    static readonly int Light420 = Libav.av_get_pix_fmt("yuv420p");
    static readonly int FullLight420 = Libav.av_get_pix_fmt("yuvj420p");
    static readonly int Colours = Libav.av_get_pix_fmt("bgr24");

    readonly int _width;
    readonly int _height;
    readonly int _stride;
    readonly int[] _pairs = [-1, -1];
    byte[] _pixels = [];
    AVFrame* _frame;
    void* _converter;
    PictureKind _kind;
    bool _isInPairs;

    /// <summary>For pictures of a size.</summary>
    public ColourRows(int width, int height) => (_width, _height, _stride) = (width, height, ((3 * width / Alignment) + 2) * Alignment);

    /// <summary>Takes the next picture; it must stay while rows are asked for.</summary>
    public void Load(AVFrame* frame)
    {
        var kind = new PictureKind(frame->Width, frame->Height, Format(frame));
        if (kind != _kind)
            Prepare(kind);
        _frame = frame;
        _pairs.AsSpan().Fill(-1);
        if (!_isInPairs)
            Convert(0, frame->Height, 0);
    }

    /// <summary>A row, and what lies behind it. It holds until the row after the next is asked for.</summary>
    public ReadOnlySpan<byte> Row(int y)
    {
        if (!_isInPairs)
            return _pixels.AsSpan(y * _stride, _stride);
        var (pair, place) = (y / 2, y / 2 % 2);
        if (_pairs[place] != pair)
            Convert(2 * pair, 2, 2 * place);
        _pairs[place] = pair;
        return _pixels.AsSpan(((2 * place) + (y % 2)) * _stride, _stride);
    }

    /// <summary>Lets the converter go.</summary>
    public void Dispose() => Libav.sws_freeContext(_converter);

    void Prepare(PictureKind kind)
    {
        Libav.sws_freeContext(_converter);
        _kind = kind;
        var is420 = kind.Format == Light420 || kind.Format == FullLight420;
        // two rows of those share their colour and nothing with any other
        _isInPairs = is420 && kind.Height % 2 == 0 && (kind.Width, kind.Height) == (_width, _height);
        var (from, to) = _isInPairs ? (2, 2) : (kind.Height, _height);
        _pixels = new byte[_stride * (_isInPairs ? 2 * _pairs.Length : _height)];
        _converter = Libav.NewConverter(kind with { Height = from }, new PictureKind(_width, to, Colours), Libav.Bicubic);
    }

    void Convert(int y, int height, int place)
    {
        var from = stackalloc byte*[4];
        for (var plane = 0; plane < 4; plane++)
            from[plane] = (byte*)_frame->Planes[plane] + ((long)_frame->Strides[plane] * (plane == 0 ? y : y / 2));
        fixed (byte* pixels = _pixels)
        {
            var to = stackalloc byte*[4] { pixels + (place * _stride), null, null, null };
            var strides = stackalloc int[4] { _stride, 0, 0, 0 };
            _ = Libav.sws_scale(_converter, from, _frame->Strides, 0, height, to, strides);
        }
    }

    // a picture may say beside its format that its light uses the full range
    static int Format(AVFrame* frame) => frame->Format == Light420 && frame->Range == Libav.FullRange ? FullLight420 : frame->Format;
}
