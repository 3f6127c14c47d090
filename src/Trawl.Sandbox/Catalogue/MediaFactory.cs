using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Trawl.Failures;
using Trawl.Processes;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Catalogue;

/// <summary>
/// Makes the media of posts when it is first asked for. A clip is encoded once and kept in a cache folder; each post appends a <c>free</c> box
/// of its own, so that every post's file is a valid video with a hash nobody else has.
/// </summary>
sealed class MediaFactory(string cache)
{
    // Encoders use all cores by themselves.
    readonly SemaphoreSlim _encoding = new(1);
    readonly ConcurrentDictionary<string, Lazy<Task<string>>> _clips = new();
    readonly ConcurrentDictionary<(string, string), Task<string>> _hashes = new();

    /// <summary>The body of a post's file.</summary>
    public async Task<Body> MakeAsync(Post post, Variant variant)
    {
        // bytevc2 is a codec nobody here can write; who downloads it although no player decodes it gets h265
        var made = variant with
        {
            Codec = variant.Codec == "bytevc2" ? "h265" : variant.Codec,
            Padding = 0,
        };
        var arguments = Clips.Arguments(post.Clip, made, "");
        var recipe = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', arguments))))[..16];
        var path = await _clips
            .GetOrAdd(
                $"{recipe}.mp4",
                name => new Lazy<Task<string>>(() => EncodeAsync(name, target => Clips.Arguments(post.Clip, made, target)))
            )
            .Value;
        return Body.OfFile(path, FreeBox($"sandbox post {post.Id} {variant.Name}", variant.Padding), variant.Padding);
    }

    /// <summary>The SHA-256 of a post's file.</summary>
    public Task<string> HashAsync(Post post, Variant variant) =>
        _hashes.GetOrAdd(
            (post.Id, variant.Name),
            async _ =>
            {
                var body = await MakeAsync(post, variant);
                using var hash = SHA256.Create();
                await using (var sink = new CryptoStream(Stream.Null, hash, CryptoStreamMode.Write))
                    await body.CopyToAsync(sink, 0, body.Length!.Value, CancellationToken.None);
                return Convert.ToHexStringLower(hash.Hash!);
            }
        );

    /// <summary>The sound of a post, as an M4A file.</summary>
    public async Task<Body> SoundAsync(Post post)
    {
        var name = $"sound-{post.Clip}.m4a";
        var path = await _clips
            .GetOrAdd(name, key => new Lazy<Task<string>>(() => EncodeAsync(key, target => Clips.SoundArguments(post.Clip, target))))
            .Value;
        return Body.OfFile(path, [], 0);
    }

    /// <summary>A photo of a post, most as JPEG, every third as WebP.</summary>
    public async Task<Body> PictureAsync(Post post, int index)
    {
        var name = $"photo-{post.Clip}-{index}.{(Clips.IsWebp(index) ? "webp" : "jpg")}";
        var path = await _clips
            .GetOrAdd(
                name,
                key => new Lazy<Task<string>>(() => EncodeAsync(key, target => Clips.PictureArguments(post.Clip, index, target)))
            )
            .Value;
        return Body.OfFile(path, [], 0);
    }

    async Task<string> EncodeAsync(string name, Func<string, IReadOnlyList<string>> arguments)
    {
        var path = Path.Combine(cache, name);
        if (File.Exists(path))
            return path;
        await _encoding.WaitAsync();
        try
        {
            Directory.CreateDirectory(cache);
            var draft = Path.Combine(cache, $"{Environment.ProcessId}.{name}");
            var ffmpeg = new ChildProcess("ffmpeg", arguments(draft));
            var result = await ffmpeg.RunAsync(CancellationToken.None);
            if (result.ExitCode != 0)
                throw new TrawlException(FailureKind.ToolFailed, $"ffmpeg could not make {name}: {result.Messages}");
            File.Move(draft, path, overwrite: true);
            return path;
        }
        finally
        {
            _encoding.Release();
        }
    }

    static byte[] FreeBox(string text, long padding)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var box = new byte[16 + content.Length];
        BinaryPrimitives.WriteUInt32BigEndian(box, 1);
        "free"u8.CopyTo(box.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(box.AsSpan(8), box.Length + padding);
        content.CopyTo(box, 16);
        return box;
    }
}
