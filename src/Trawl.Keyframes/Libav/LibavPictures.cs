using System.Globalization;
using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>Makes files of decoded frames, the way up they are shown, and measures them: what <see cref="FrameGrabber"/> does with the program.</summary>
sealed unsafe class LibavPictures : IDisposable
{
    readonly KeyframeOptions _options;
    readonly int* _turn;
    readonly ColourRows _rows;
    readonly (int Width, int Height) _stored;
    readonly (int Width, int Height) _shown;
    readonly byte[] _grey;
    AVFrame* _picture = Libav.av_frame_alloc();
    PictureKind _kind;
    LibavEncoder? _encoder;
    void* _graph;

    /// <summary>For the frames of a video.</summary>
    public LibavPictures(MediaProbe probe, LibavVideo video, KeyframeOptions options)
    {
        _options = options;
        _turn = video.Turn;
        (_stored, _shown) = ((probe.Width, probe.Height), (probe.ShownWidth, probe.ShownHeight));
        _rows = new ColourRows(probe.Width, probe.Height);
        _grey = new byte[probe.Width * probe.Height];
    }

    /// <summary>Stores a frame.</summary>
    public Picture Take(AVFrame* frame, int number, string folder)
    {
        if (frame->PictureKind != _kind)
            Prepare(frame);
        Check(Libav.av_buffersrc_add_frame_flags(Filter("buffer@in"), frame, Libav.KeepReference));
        Check(Libav.av_buffersink_get_frame(Filter("buffersink@picture"), _picture));
        var path = Path.Combine(folder, $"{number}.{_options.Extension}");
        _encoder ??= new LibavEncoder(
            PictureCodec.Writer(_options),
            _picture,
            PictureCodec.Pixels(_options),
            PictureCodec.Coarseness(_options),
            PictureCodec.Settings(_options)
        );
        _encoder.Write(_picture, path);
        Libav.av_frame_unref(_picture);
        return Picture.Measure(Grey(frame), _shown.Width, _shown.Height) with { Frame = number, Path = path };
    }

    /// <summary>Lets everything go.</summary>
    public void Dispose()
    {
        fixed (AVFrame** picture = &_picture)
            Libav.av_frame_free(picture);
        fixed (void** graph = &_graph)
            Libav.avfilter_graph_free(graph);
        _encoder?.Dispose();
        _rows.Dispose();
    }

    void Prepare(AVFrame* frame)
    {
        fixed (void** graph = &_graph)
            Libav.avfilter_graph_free(graph);
        _encoder?.Dispose();
        (_encoder, _kind) = (null, frame->PictureKind);
        _graph = Libav.avfilter_graph_alloc();
        _ = Libav.av_opt_set(_graph, "threads", "1", 0);
        string[] filters =
        [
            $"buffer@in=width={frame->Width}:height={frame->Height}:pix_fmt={frame->Format}:time_base=1/1000:pixel_aspect=1/1{Turned()}",
            FrameGrabber.Shrink(_options),
            $"format={PictureCodec.Pixels(_options)}",
            "buffersink@picture",
        ];
        void* inputs = null;
        void* outputs = null;
        Check(Libav.avfilter_graph_parse2(_graph, string.Join(',', filters), &inputs, &outputs));
        Check(Libav.avfilter_graph_config(_graph, null));
    }

    byte[] Grey(AVFrame* frame)
    {
        var (width, height) = _stored;
        _rows.Load(frame);
        for (var y = 0; y < height; y++)
            PixelMath.ToGrey(_rows.Row(y)[..(3 * width)], _grey.AsSpan(y * width, width));
        if (_turn is null)
            return _grey;
        // the first two columns of the matrix say where a step to the right and a step down lead
        var (right, down) = ((X: Math.Sign(_turn[0]), Y: Math.Sign(_turn[1])), (X: Math.Sign(_turn[3]), Y: Math.Sign(_turn[4])));
        var (left, top) = (right.X + down.X < 0 ? _shown.Width - 1 : 0, right.Y + down.Y < 0 ? _shown.Height - 1 : 0);
        if (Math.Abs(right.X) + Math.Abs(down.X) != 1 || Math.Abs(right.Y) + Math.Abs(down.Y) != 1)
            return _grey; // turned by less than a quarter
        var shown = new byte[_grey.Length];
        for (var y = 0; y < height; y++)
        for (var x = 0; x < width; x++)
            shown[((top + (right.Y * x) + (down.Y * y)) * _shown.Width) + left + (right.X * x) + (down.X * y)] = _grey[(y * width) + x];
        return shown;
    }

    // the filters ffmpeg puts in front of a picture that is stored turned
    string Turned()
    {
        if (_turn is null)
            return "";
        var angle = -Math.Round(Libav.av_display_rotation_get(_turn));
        angle -= 360 * Math.Floor((angle / 360) + (0.9 / 360));
        string[] filters = angle switch
        {
            > 89 and < 91 => [_turn[3] > 0 ? "transpose=cclock_flip" : "transpose=clock"],
            > 179 and < 181 => [_turn[0] < 0 ? "hflip" : "null", _turn[4] < 0 ? "vflip" : "null"],
            > 269 and < 271 => [_turn[3] < 0 ? "transpose=clock_flip" : "transpose=cclock"],
            > 1 => [string.Create(CultureInfo.InvariantCulture, $"rotate={angle}*PI/180")],
            _ => [_turn[4] < 0 ? "vflip" : "null"],
        };
        return "," + string.Join(',', filters);
    }

    void* Filter(string name) => Libav.avfilter_graph_get_filter(_graph, name);

    static void Check(int result)
    {
        if (result < 0)
            throw new TrawlException(
                FailureKind.ToolFailed,
                $"ffmpeg's libraries cannot turn a frame into a picture: {Libav.Meaning(result)}"
            );
    }
}
