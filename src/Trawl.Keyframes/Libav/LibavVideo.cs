using System.Runtime.InteropServices;
using Trawl.Failures;

namespace Trawl.Keyframes;

/// <summary>Takes a decoded frame; it is gone afterwards.</summary>
/// <returns>Whether to go on.</returns>
unsafe delegate bool TakeDecoded(AVFrame* frame);

/// <summary>A packet of a video before it is decoded.</summary>
/// <param name="Time">When its frame is shown, in seconds from the beginning; NaN where the file does not say.</param>
/// <param name="IsWhole">Whether it needs no other one.</param>
/// <param name="Size">Its size in bytes.</param>
readonly record struct VideoPacket(double Time, bool IsWhole, int Size);

/// <summary>A video that was opened with ffmpeg's libraries, as guardedly as <see cref="Ffmpeg.Input"/> does it.</summary>
sealed unsafe class LibavVideo : IDisposable
{
    readonly string _name;
    readonly AVStream* _stream;
    AVFormatContext* _file;
    AVPacket* _packet;
    AVFrame* _frame;
    void* _decoder;

    /// <summary>Opens a video.</summary>
    /// <param name="path">Its file.</param>
    /// <param name="settings">Settings of the decoder by ffmpeg's names, beside those that keep it safe.</param>
    public LibavVideo(string path, params IEnumerable<(string Name, string Value)> settings)
    {
        _name = Path.GetFileName(path);
        try
        {
            _file = Open(path);
            _stream = FindVideo();
            _packet = Libav.av_packet_alloc();
            _frame = Libav.av_frame_alloc();
            _decoder = OpenDecoder(settings);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>How it is turned before it is shown: nine numbers; null for not at all.</summary>
    public int* Turn
    {
        get
        {
            nuint size;
            var data = Libav.av_stream_get_side_data(_stream, Libav.DisplayMatrix, &size);
            return data is not null && size >= 9 * sizeof(int) ? (int*)data : null;
        }
    }

    /// <summary>Its width in pixels, as stored.</summary>
    public int Width => _stream->Parameters->Width;

    /// <summary>Its height in pixels, as stored.</summary>
    public int Height => _stream->Parameters->Height;

    double Start => Seconds(_file->StartTime) ?? 0;

    double? Duration => _stream->Duration == Libav.NoTime ? Seconds(_file->Duration) : _stream->Duration * _stream->TimeBase.Value;

    /// <summary>What it is, by its own account and its packets'.</summary>
    public MediaProbe Describe(IEnumerable<VideoPacket> packets)
    {
        var rate = _stream->AverageRate.Value is > 0 and var average ? average : _stream->BaseRate.Value;
        // those before the beginning are not shown
        List<VideoPacket> shown = [.. packets.Where(p => p.Time > -1e-3).OrderBy(p => p.Time)];
        return new MediaProbe(
            Width,
            Height,
            rate,
            shown.Count,
            TimeSpan.FromSeconds(Duration ?? 0),
            Marshal.PtrToStringUTF8((nint)Libav.avcodec_get_name(_stream->Parameters->Codec)) ?? "unknown",
            new Timeline(rate, [.. shown.Select(p => p.Time)]),
            Turn is not null && Math.Abs(Math.Round(Libav.av_display_rotation_get(Turn))) % 180 == 90,
            [.. shown.Index().Where(p => p.Item.IsWhole).Select(p => new WholeFrame(p.Index, p.Item.Size))]
        );
    }

    /// <summary>When a frame is shown, in seconds from the beginning.</summary>
    public double TimeOf(AVFrame* frame) => TimeOf(frame->Shown);

    /// <summary>Calls the decoder by a setting's name, while it works.</summary>
    public void Set(string name, string value) => Check(Libav.av_opt_set(_decoder, name, value, 0));

    /// <summary>Forgets what was decoded so far: what comes next begins with a frame that needs none of it.</summary>
    public void Forget() => Libav.avcodec_flush_buffers(_decoder);

    /// <summary>Looks at each packet from where the file stands to its end.</summary>
    public void ReadPackets(Action<VideoPacket> take, CancellationToken cancellation)
    {
        while (Next(cancellation) is { } packet)
            take(packet);
    }

    /// <summary>Decodes from where the file stands on.</summary>
    /// <param name="choose">Whether a packet is decoded at all; the rest is skipped.</param>
    /// <param name="take">Takes each decoded frame in the order they are shown.</param>
    /// <param name="cancellation">Stops it.</param>
    public void Decode(Func<VideoPacket, bool> choose, TakeDecoded take, CancellationToken cancellation)
    {
        while (Next(cancellation) is { } packet)
        {
            if (!choose(packet))
                continue;
            // a damaged packet costs its frame, as it does with the program
            _ = Libav.avcodec_send_packet(_decoder, _packet);
            if (!TakeAll(take))
                return;
        }
        _ = Libav.avcodec_send_packet(_decoder, null);
        TakeAll(take);
    }

    /// <summary>Closes it.</summary>
    public void Dispose()
    {
        fixed (AVFormatContext** file = &_file)
            Libav.avformat_close_input(file);
        fixed (AVPacket** packet = &_packet)
            Libav.av_packet_free(packet);
        fixed (AVFrame** frame = &_frame)
            Libav.av_frame_free(frame);
        fixed (void** decoder = &_decoder)
            Libav.avcodec_free_context(decoder);
    }

    bool TakeAll(TakeDecoded take)
    {
        while (Libav.avcodec_receive_frame(_decoder, _frame) >= 0)
        {
            var goOn = take(_frame);
            Libav.av_frame_unref(_frame);
            if (!goOn)
                return false;
        }
        return true;
    }

    VideoPacket? Next(CancellationToken cancellation)
    {
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            Libav.av_packet_unref(_packet);
            if (Libav.av_read_frame(_file, _packet) < 0)
                return null;
            if (_packet->Stream == _stream->Index)
                return new VideoPacket(TimeOf(_packet->Shown), (_packet->Flags & Libav.IsKey) != 0, _packet->Size);
        }
    }

    double TimeOf(long shown) => shown == Libav.NoTime ? double.NaN : Math.Round((shown * _stream->TimeBase.Value) - Start, 6);

    AVFormatContext* Open(string path)
    {
        AVFormatContext* file = null;
        void* options = Dictionary(
            ("protocol_whitelist", "file"),
            ("format_whitelist", Ffmpeg.Containers),
            ("codec_whitelist", Ffmpeg.Codecs)
        );
        try
        {
            Check(Libav.avformat_open_input(&file, "file:" + Path.GetFullPath(path), null, &options));
        }
        finally
        {
            Libav.av_dict_free(&options);
        }
        try
        {
            Survey(file);
            return file;
        }
        catch
        {
            Libav.avformat_close_input(&file);
            throw;
        }
    }

    // opens each stream's decoder for a moment: with the same limits
    void Survey(AVFormatContext* file)
    {
        var count = (int)file->StreamCount;
        var options = (void**)NativeMemory.AllocZeroed((nuint)Math.Max(1, count), (nuint)sizeof(void*));
        for (var i = 0; i < count; i++)
            options[i] = Dictionary(Guards);
        try
        {
            Check(Libav.avformat_find_stream_info(file, options));
        }
        finally
        {
            for (var i = 0; i < count; i++)
                Libav.av_dict_free(&options[i]);
            NativeMemory.Free(options);
        }
    }

    AVStream* FindVideo()
    {
        AVStream* video = null;
        for (var i = 0; i < _file->StreamCount; i++)
        {
            var stream = _file->Streams[i];
            if (video is null && stream->Parameters->Type == Libav.Video)
                video = stream;
            else
                stream->Discard = Libav.DiscardAll;
        }
        return video is null ? throw new TrawlException(FailureKind.WrongContent, $"{_name} has no picture.") : video;
    }

    void* OpenDecoder(IEnumerable<(string Name, string Value)> settings)
    {
        var codec = Libav.avcodec_find_decoder(_stream->Parameters->Codec);
        if (codec is null)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg's libraries cannot decode {_name}.");
        var decoder = Libav.avcodec_alloc_context3(codec);
        void* options = Dictionary([.. Guards, .. settings]);
        try
        {
            Check(Libav.avcodec_parameters_to_context(decoder, _stream->Parameters));
            Check(Libav.avcodec_open2(decoder, codec, &options));
            return decoder;
        }
        catch
        {
            Libav.avcodec_free_context(&decoder);
            throw;
        }
        finally
        {
            Libav.av_dict_free(&options);
        }
    }

    void Check(int result)
    {
        if (result < 0)
            throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg's libraries cannot read {_name}: {Libav.Meaning(result)}");
    }

    static double? Seconds(long time) => time == Libav.NoTime ? null : time / 1e6;

    static (string, string)[] Guards => [("threads", "1"), ("max_pixels", Ffmpeg.Pixels), ("codec_whitelist", Ffmpeg.Codecs)];

    /// <summary>A dictionary of the libraries; to be freed.</summary>
    internal static void* Dictionary(params (string Name, string Value)[] entries)
    {
        void* dictionary = null;
        foreach (var (name, value) in entries)
            _ = Libav.av_dict_set(&dictionary, name, value, 0);
        return dictionary;
    }
}
