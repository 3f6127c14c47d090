using System.Runtime.InteropServices;

namespace Trawl.Keyframes;

/// <summary>
/// ffmpeg's libraries, as far as they are needed here. Their structures change with their major version; known are those of ffmpeg 5
/// (libavformat 59), and with any other the ffmpeg program does the work.
/// </summary>
/// <remarks>Meanings: https://ffmpeg.org/doxygen/5.1/</remarks>
static unsafe partial class Libav
{
    const string Format = "libavformat.so.59";
    const string Codec = "libavcodec.so.59";
    const string Filter = "libavfilter.so.8";
    const string Scale = "libswscale.so.6";
    const string Util = "libavutil.so.57";

    public const int EndOfFile = -0x20464F45; // 'EOF '
    public const int Again = -11;
    public const long NoTime = long.MinValue;
    public const int Video = 0;
    public const int DiscardAll = 48;
    public const int IsKey = 1;
    public const int DisplayMatrix = 5;
    public const int Quiet = -8;
    public const int Bicubic = 4;
    public const int Area = 0x20;
    public const int KeepReference = 8;
    public const int QualityUnit = 118;
    public const int FullRange = 2;

    static readonly Lazy<bool> Loaded = new(() =>
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
            return false;
        string[] libraries = [Format, Codec, Filter, Scale, Util];
        if (!Array.TrueForAll(libraries, l => NativeLibrary.TryLoad(l, out _)))
            return false;
        av_log_set_level(Quiet);
        return true;
    });

    /// <summary>Whether the libraries are there, in the version that is known.</summary>
    public static bool IsThere => Loaded.Value;

    [LibraryImport(Util)]
    private static partial void av_log_set_level(int level);

    [LibraryImport(Util)]
    private static partial int av_strerror(int error, byte* text, nuint size);

    /// <summary>What an error number means.</summary>
    public static string Meaning(int error)
    {
        var text = stackalloc byte[128];
        return av_strerror(error, text, 128) == 0 ? Marshal.PtrToStringUTF8((nint)text)! : $"error {error}";
    }

    /// <summary>An empty picture; to be freed.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="pixels">ffmpeg's name of its pixel format.</param>
    public static AVFrame* NewFrame(int width, int height, string pixels)
    {
        var frame = av_frame_alloc();
        (frame->Width, frame->Height, frame->Format) = (width, height, av_get_pix_fmt(pixels));
        return av_frame_get_buffer(frame, 0) >= 0 ? frame : throw new NotSupportedException($"no memory for {width}x{height} {pixels}");
    }

    /// <summary>What makes pictures like one into pictures like another; to be freed.</summary>
    public static void* NewConverter(PictureKind from, PictureKind to, int flags)
    {
        var converter = sws_getContext(from.Width, from.Height, from.Format, to.Width, to.Height, to.Format, flags, null, null, null);
        return converter is not null ? converter : throw new NotSupportedException($"pictures of format {from.Format} cannot be converted");
    }

    [LibraryImport(Util, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_dict_set(void** dictionary, string key, string value, int flags);

    [LibraryImport(Util)]
    public static partial void av_dict_free(void** dictionary);

    [LibraryImport(Util, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_opt_set(void* target, string name, string value, int flags);

    [LibraryImport(Util)]
    public static partial AVFrame* av_frame_alloc();

    [LibraryImport(Util)]
    public static partial void av_frame_free(AVFrame** frame);

    [LibraryImport(Util)]
    public static partial void av_frame_unref(AVFrame* frame);

    [LibraryImport(Util)]
    public static partial int av_frame_get_buffer(AVFrame* frame, int align);

    [LibraryImport(Util, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int av_get_pix_fmt(string name);

    [LibraryImport(Util)]
    public static partial double av_display_rotation_get(int* matrix);

    [LibraryImport(Format, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int avformat_open_input(AVFormatContext** context, string url, void* format, void** options);

    [LibraryImport(Format)]
    public static partial void avformat_close_input(AVFormatContext** context);

    [LibraryImport(Format)]
    public static partial int avformat_find_stream_info(AVFormatContext* context, void** options);

    [LibraryImport(Format)]
    public static partial int av_read_frame(AVFormatContext* context, AVPacket* packet);

    [LibraryImport(Format)]
    public static partial byte* av_stream_get_side_data(AVStream* stream, int type, nuint* size);

    [LibraryImport(Codec)]
    public static partial byte* avcodec_get_name(int codec);

    [LibraryImport(Codec)]
    public static partial void* avcodec_find_decoder(int codec);

    [LibraryImport(Codec, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void* avcodec_find_decoder_by_name(string name);

    [LibraryImport(Codec, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void* avcodec_find_encoder_by_name(string name);

    [LibraryImport(Codec)]
    public static partial void* avcodec_alloc_context3(void* codec);

    [LibraryImport(Codec)]
    public static partial void avcodec_free_context(void** context);

    [LibraryImport(Codec)]
    public static partial int avcodec_parameters_to_context(void* context, AVCodecParameters* parameters);

    [LibraryImport(Codec)]
    public static partial int avcodec_open2(void* context, void* codec, void** options);

    [LibraryImport(Codec)]
    public static partial int avcodec_send_packet(void* context, AVPacket* packet);

    [LibraryImport(Codec)]
    public static partial int avcodec_receive_frame(void* context, AVFrame* frame);

    [LibraryImport(Codec)]
    public static partial int avcodec_send_frame(void* context, AVFrame* frame);

    [LibraryImport(Codec)]
    public static partial int avcodec_receive_packet(void* context, AVPacket* packet);

    [LibraryImport(Codec)]
    public static partial void avcodec_flush_buffers(void* context);

    [LibraryImport(Codec)]
    public static partial AVPacket* av_packet_alloc();

    [LibraryImport(Codec)]
    public static partial int av_new_packet(AVPacket* packet, int size);

    [LibraryImport(Codec)]
    public static partial void av_packet_unref(AVPacket* packet);

    [LibraryImport(Codec)]
    public static partial void av_packet_free(AVPacket** packet);

    [LibraryImport(Scale)]
    public static partial void* sws_getContext(
        int fromWidth,
        int fromHeight,
        int fromFormat,
        int toWidth,
        int toHeight,
        int toFormat,
        int flags,
        void* before,
        void* after,
        double* parameters
    );

    [LibraryImport(Scale)]
    public static partial void sws_freeContext(void* context);

    [LibraryImport(Scale)]
    public static partial int sws_scale(void* context, byte** from, int* fromStrides, int y, int height, byte** to, int* toStrides);

    [LibraryImport(Filter)]
    public static partial void* avfilter_graph_alloc();

    [LibraryImport(Filter)]
    public static partial void avfilter_graph_free(void** graph);

    [LibraryImport(Filter, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int avfilter_graph_parse2(void* graph, string filters, void** inputs, void** outputs);

    [LibraryImport(Filter)]
    public static partial int avfilter_graph_config(void* graph, void* log);

    [LibraryImport(Filter, StringMarshalling = StringMarshalling.Utf8)]
    public static partial void* avfilter_graph_get_filter(void* graph, string name);

    [LibraryImport(Filter)]
    public static partial int av_buffersrc_add_frame_flags(void* source, AVFrame* frame, int flags);

    [LibraryImport(Filter)]
    public static partial int av_buffersink_get_frame(void* sink, AVFrame* frame);
}
