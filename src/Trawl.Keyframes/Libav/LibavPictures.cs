using System.Globalization;
using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>Makes files of decoded frames, the way up they are shown, and measures them: what <see cref="FrameGrabber"/> does with the program.</summary>
sealed unsafe class LibavPictures : IDisposable
{
    readonly KeyframeOptions _options;
    readonly int* _turn;
    readonly byte[] _grey;
    readonly (int Width, int Height) _size;
    AVFrame* _picture = Libav.av_frame_alloc();
    AVFrame* _colours = Libav.av_frame_alloc();
    (int Width, int Height, int Format) _kind;
    LibavEncoder? _encoder;
    void* _graph;

    /// <summary>For the frames of a video.</summary>
    public LibavPictures(MediaProbe probe, LibavVideo video, KeyframeOptions options)
    {
        (_options, _size) = (options, (probe.ShownWidth, probe.ShownHeight));
        _grey = new byte[_size.Width * _size.Height];
        _turn = video.Turn;
    }

    /// <summary>Stores a frame.</summary>
    public Picture Take(AVFrame* frame, int number, string folder)
    {
        if ((frame->Width, frame->Height, frame->Format) != _kind)
            Prepare(frame);
        Check(Libav.av_buffersrc_add_frame_flags(Filter("buffer@in"), frame, Libav.KeepReference));
        Check(Libav.av_buffersink_get_frame(Filter("buffersink@picture"), _picture));
        Check(Libav.av_buffersink_get_frame(Filter("buffersink@colours"), _colours));
        var path = Path.Combine(folder, $"{number}.{_options.Extension}");
        _encoder ??= new LibavEncoder(
            PictureCodec.Writer(_options),
            _picture,
            PictureCodec.Pixels(_options),
            PictureCodec.Coarseness(_options),
            PictureCodec.Settings(_options)
        );
        _encoder.Write(_picture, path);
        for (var row = 0; row < _size.Height; row++)
            PixelMath.ToGrey(_colours->Row(row, 3 * _size.Width), _grey.AsSpan(row * _size.Width, _size.Width));
        Libav.av_frame_unref(_picture);
        Libav.av_frame_unref(_colours);
        return Picture.Measure(_grey, _size.Width, _size.Height) with { Frame = number, Path = path };
    }

    /// <summary>Lets everything go.</summary>
    public void Dispose()
    {
        fixed (
            AVFrame** picture = &_picture,
                colours = &_colours
        )
        {
            Libav.av_frame_free(picture);
            Libav.av_frame_free(colours);
        }
        fixed (void** graph = &_graph)
            Libav.avfilter_graph_free(graph);
        _encoder?.Dispose();
    }

    void Prepare(AVFrame* frame)
    {
        fixed (void** graph = &_graph)
            Libav.avfilter_graph_free(graph);
        _encoder?.Dispose();
        (_encoder, _kind) = (null, (frame->Width, frame->Height, frame->Format));
        _graph = Libav.avfilter_graph_alloc();
        _ = Libav.av_opt_set(_graph, "threads", "1", 0);
        string[] filters =
        [
            $"buffer@in=width={frame->Width}:height={frame->Height}:pix_fmt={frame->Format}:time_base=1/1000:pixel_aspect=1/1{Turned()},split[p][c]",
            $"[p]{FrameGrabber.Shrink(_options)},format={PictureCodec.Pixels(_options)},buffersink@picture",
            $"[c]scale={_size.Width}:{_size.Height}:in_color_matrix=bt601,format=bgr24,buffersink@colours",
        ];
        void* inputs = null;
        void* outputs = null;
        Check(Libav.avfilter_graph_parse2(_graph, string.Join(';', filters), &inputs, &outputs));
        Check(Libav.avfilter_graph_config(_graph, null));
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
