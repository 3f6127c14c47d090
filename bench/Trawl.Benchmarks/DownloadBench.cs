namespace Trawl.Benchmarks;

delegate void Report(string what, string ours, string peer, double ratio, string goal);

/// <summary>The downloader against curl, aria2 and yt-dlp: the same files from the same loopback CDN, in turns.</summary>
sealed class DownloadBench(string reference, string work, Report report)
{
    const int Rounds = 3;
    const int SlopeRounds = 5;
    const int Few = 2;
    const int Many = 8;

    readonly string _target = Path.Combine(
        Environment.GetEnvironmentVariable("TRAWL_BENCH_TARGET") ?? "/dev/shm",
        $"trawl-bench-{Environment.ProcessId}"
    );

    public async Task RunAsync(bool large, bool small)
    {
        await using var cdn = await Cdn.StartAsync(reference, work, large: 40, small: 200);
        try
        {
            if (large)
            {
                await MarginalAsync(cdn, "plain", Cdn.Plain, "<= 1.0x");
                await MarginalAsync(cdn, "TLS", Cdn.Tls, "<= 1.15x");
            }
            if (small)
                await SmallFilesAsync(cdn);
        }
        finally
        {
            await EmptyAsync();
            Directory.Delete(_target);
        }
    }

    // the slope between few and many repetitions cancels start-up and JIT
    async Task MarginalAsync(Cdn cdn, string name, string origin, string goal)
    {
        foreach (var times in (int[])[Few, Many])
            WriteLists($"{name}{times}", Enumerable.Range(0, times).SelectMany(r => cdn.Files("large").Select(f => $"{origin}/{f}?r={r}")));
        var certificate = origin.StartsWith("https", StringComparison.Ordinal) ? cdn.Certificate : "";
        var rounds = await Measure.RoundsAsync(
            SlopeRounds,
            WarmAsync,
            () => Measure.RunAsync(Ours($"{name}{Few}", 8, certificate)),
            () => Measure.RunAsync(Curl($"{name}{Few}", 8) + Hash),
            () => Measure.RunAsync(Ours($"{name}{Many}", 8, certificate)),
            () => Measure.RunAsync(Curl($"{name}{Many}", 8) + Hash)
        );
        var gigabytes = (Many - Few) * cdn.Gigabytes("large");
        // noise only adds: the least of the rounds is nearest to the truth
        double Slope(int few, int many) => (rounds.Min(r => r[many].Cpu) - rounds.Min(r => r[few].Cpu)) / gigabytes;
        var (ours, curl) = (Slope(0, 2), Slope(1, 3));
        report(
            $"marginal CPU per GB with SHA-256, {name}",
            $"{ours:0.00} s/GB",
            $"curl --parallel, then openssl dgst {curl:0.00} s/GB",
            ours / curl,
            goal
        );
    }

    async Task SmallFilesAsync(Cdn cdn)
    {
        WriteLists("small", cdn.Files("small").Select(f => $"{Cdn.Wan}/{f}"));
        var costs = await Measure.InTurnsAsync(
            Rounds,
            EmptyAsync,
            () => Measure.RunAsync(Ours("small", 16, cdn.Certificate)),
            () =>
                Measure.RunAsync(
                    $"aria2c -q --check-certificate=false -j 16 -x1 -s1 --file-allocation=none -d {_target} -i {List("small")}.aria --allow-overwrite=true --no-conf --disable-ipv6"
                ),
            () => Measure.RunAsync(Curl("small", 16))
        );
        await EmptyAsync();
        var ytdlp = await Measure.RunAsync(
            $"cd {_target} && xargs -P 16 -n 1 yt-dlp -q --no-check-certificates --ignore-config -o '%(id)s.%(ext)s' < {List("small")}"
        );
        var ours = costs[0].Wall;
        Small("aria2c -j16", costs[1].Wall, "<= 1.1x");
        Small("curl --parallel", costs[2].Wall, "<= 0.3x");
        Small("a yt-dlp process each, 16 at a time", ytdlp.Wall, "<= 0.1x");

        void Small(string peer, double wall, string goal) =>
            report("200 small files, TLS, 50 ms, 16 at a time, wall", $"{ours:0.00} s", $"{peer} {wall:0.00} s", ours / wall, goal);
    }

    string Ours(string list, int concurrency, string certificate) =>
        $"exec {Paths.Self} fetch {List(list)} {_target} {concurrency} {certificate}";

    string Curl(string list, int concurrency) =>
        $"curl -s -k --no-progress-meter --parallel --parallel-immediate --parallel-max {concurrency} -K {List(list)}.curl";

    string Hash => $" && openssl dgst -sha256 {_target}/*";

    string List(string name) => Path.Combine(work, name);

    void WriteLists(string name, IEnumerable<string> addresses)
    {
        var all = addresses.ToList();
        File.WriteAllLines(List(name), all);
        File.WriteAllLines(List(name) + ".curl", all.SelectMany((a, i) => (string[])[$"url=\"{a}\"", $"output=\"{_target}/{i}\""]));
        File.WriteAllLines(List(name) + ".aria", all.SelectMany((a, i) => (string[])[a, $" out={i}"]));
    }

    // A virtual machine may have given back the memory behind /dev/shm; whoever writes first would pay for fetching it again.
    async Task WarmAsync()
    {
        await EmptyAsync();
        var bytes = new byte[1 << 20];
        await using (var file = File.Create(Path.Combine(_target, "warm")))
            for (var i = 0; i < 2048; i++)
                await file.WriteAsync(bytes);
        await EmptyAsync();
    }

    Task EmptyAsync() =>
        Task.Run(() =>
        {
            if (Directory.Exists(_target))
                Directory.Delete(_target, recursive: true);
            Directory.CreateDirectory(_target);
        });
}
