using System.Diagnostics;

namespace Trawl.Benchmarks;

/// <summary>The loopback CDN of the reference data, serving files made here.</summary>
sealed class Cdn : IAsyncDisposable
{
    public const string Plain = "http://127.0.0.1:18080";
    public const string Tls = "https://127.0.0.1:18443";
    public const string Wan = "https://127.0.0.1:18444"; // TLS, 50 ms away, slow start

    readonly string _scripts;
    readonly string _corpus;

    Cdn(string scripts, string corpus) => (_scripts, _corpus) = (scripts, corpus);

    public string Certificate => Path.Combine(_scripts, "run", "cert.pem");

    /// <summary>Starts it over two sets of files: <c>large-N.mp4</c> and <c>small-N.mp4</c>.</summary>
    public static async Task<Cdn> StartAsync(string reference, string folder, int large, int small)
    {
        var (scripts, corpus) = (Path.Combine(folder, "cdn"), Path.Combine(folder, "corpus"));
        Directory.CreateDirectory(scripts);
        Directory.CreateDirectory(corpus);
        foreach (var file in Directory.GetFiles(Path.Combine(reference, "perf", "cdn")))
            File.Copy(file, Path.Combine(scripts, Path.GetFileName(file)), overwrite: true);
        var chance = new Random(1);
        for (var i = 0; i < large; i++)
            WriteFile(Path.Combine(corpus, $"large-{i}.mp4"), chance.Next(2_000_000, 8_000_000), chance);
        for (var i = 0; i < small; i++)
            WriteFile(Path.Combine(corpus, $"small-{i}.mp4"), chance.Next(150_000, 450_000), chance);
        var cdn = new Cdn(scripts, corpus);
        await cdn.ScriptAsync("start");
        return cdn;
    }

    public IEnumerable<string> Files(string prefix) =>
        Directory.GetFiles(_corpus, prefix + "-*.mp4").Select(f => Path.GetFileName(f)).Order();

    public double Gigabytes(string prefix) => Directory.GetFiles(_corpus, prefix + "-*.mp4").Sum(f => new FileInfo(f).Length) / 1e9;

    public async ValueTask DisposeAsync() => await ScriptAsync("stop");

    async Task ScriptAsync(string verb)
    {
        using var process = Process.Start(
            new ProcessStartInfo("/bin/bash", [Path.Combine(_scripts, "cdn.sh"), verb, _corpus]) { UseShellExecute = false }
        )!;
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"cdn.sh {verb} failed; it needs nginx, libnginx-mod-http-echo, gcc and openssl");
    }

    // the first box is real, so that it passes for media
    static void WriteFile(string path, int size, Random chance)
    {
        var bytes = new byte[size];
        chance.NextBytes(bytes);
        ((byte[])[0, 0, 0, 24, .. "ftypisom"u8]).CopyTo(bytes, 0);
        File.WriteAllBytes(path, bytes);
    }
}
