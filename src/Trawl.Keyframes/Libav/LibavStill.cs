using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>Reads and writes the files of single pictures with ffmpeg's libraries.</summary>
static unsafe class LibavStill
{
    /// <summary>Does something with a decoded picture.</summary>
    public delegate void UseDecoded(AVFrame* frame);

    /// <summary>Opens a picture.</summary>
    public static void Open(string path, UseDecoded use)
    {
        var bytes = File.ReadAllBytes(path);
        var codec = Libav.avcodec_find_decoder_by_name(PictureCodec.Reader(path));
        var decoder = Libav.avcodec_alloc_context3(codec);
        var packet = Libav.av_packet_alloc();
        var frame = Libav.av_frame_alloc();
        void* options = LibavVideo.Dictionary(("threads", "1"), ("max_pixels", Ffmpeg.Pixels));
        try
        {
            Check(Libav.avcodec_open2(decoder, codec, &options), path);
            Check(Libav.av_new_packet(packet, bytes.Length), path);
            bytes.CopyTo(new Span<byte>(packet->Data, bytes.Length));
            Check(Libav.avcodec_send_packet(decoder, packet), path);
            var result = Libav.avcodec_receive_frame(decoder, frame);
            if (result == Libav.Again)
            {
                Check(Libav.avcodec_send_packet(decoder, null), path);
                result = Libav.avcodec_receive_frame(decoder, frame);
            }
            Check(result, path);
            use(frame);
        }
        finally
        {
            Libav.av_dict_free(&options);
            Libav.av_frame_free(&frame);
            Libav.av_packet_free(&packet);
            Libav.avcodec_free_context(&decoder);
        }
    }

    /// <summary>Stores a picture as a JPEG.</summary>
    public static void Save(Canvas canvas, string path)
    {
        var drawn = Libav.NewFrame(canvas.Width, canvas.Height, "rgb24");
        var frame = Libav.NewFrame(canvas.Width, canvas.Height, "yuvj420p");
        void* converter = null;
        try
        {
            var row = 3 * canvas.Width;
            for (var y = 0; y < canvas.Height; y++)
                canvas.Pixels.AsSpan(y * row, row).CopyTo(drawn->Row(y, row));
            converter = Libav.NewConverter(drawn->PictureKind, frame->PictureKind, Libav.Bicubic);
            Libav.sws_scale(converter, (byte**)drawn->Planes, drawn->Strides, 0, canvas.Height, (byte**)frame->Planes, frame->Strides);
            using var encoder = new LibavEncoder("mjpeg", frame, "yuvj420p", Canvas.Coarseness);
            encoder.Write(frame, path);
        }
        finally
        {
            Libav.sws_freeContext(converter);
            Libav.av_frame_free(&drawn);
            Libav.av_frame_free(&frame);
        }
    }

    static void Check(int result, string path)
    {
        if (result < 0)
            throw new TrawlException(
                FailureKind.ToolFailed,
                $"ffmpeg's libraries cannot handle {Path.GetFileName(path)}: {Libav.Meaning(result)}"
            );
    }
}
