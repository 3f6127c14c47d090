using System.Diagnostics;
using System.Text;
using Trawl.Http;
using Trawl.Platforms.TikTok;

namespace Trawl.Benchmarks;

/// <summary>Parsing, in process.</summary>
static class Parsing
{
    /// <summary>Microseconds and bytes allocated for one page.</summary>
    public static (double Microseconds, double Bytes) Page(byte[] page, string id)
    {
        var url = TikTokUrl.Post(id);
        const int Times = 2000;
        Repeat(5 * Times); // until the compiler has done its best
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var batches = Enumerable.Range(0, 7).Select(_ => Repeat(Times)).ToList();
        return (Measure.Median(batches), (GC.GetAllocatedBytesForCurrentThread() - allocated) / (7.0 * Times));

        double Repeat(int times)
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < times; i++)
                TikTokPage.Parse(page, url, Session.Desktop);
            return watch.Elapsed.TotalMicroseconds / times;
        }
    }

    /// <summary>Seconds for 100,000 links of ten shapes.</summary>
    public static double Links()
    {
        string[] links =
        [
            "https://www.tiktok.com/@some.user/video/7106798200794926362",
            "https://www.tiktok.com/@some.user/photo/7106798200794926362?is_from_webapp=1",
            "https://vm.tiktok.com/ZTR45GpSF/",
            "https://m.tiktok.com/v/7106798200794926362.html",
            "https://www.tiktok.com/foryou?is_copy_url=1&item_id=7106798200794926362",
            "https://fake-tiktok.com/@some.user/video/7106798200794926362",
            "https://www.tiktok.com/@some.user",
            "https://www.tiktok.com/music/Build-a-Btch-6956990112127585029",
            "not_a_url",
            "https://www.tiktok.com/t/ZGdhVtER2//",
        ];
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 100_000; i++)
            TikTokUrl.Parse(links[i % links.Length]);
        return watch.Elapsed.TotalSeconds;
    }

    /// <summary>What a Python client does with the same page.</summary>
    public static string Python(string file) =>
        $"""
            import re,json,time
            raw=open({Quoted(file)},'rb').read()
            def parse():
                text=raw.decode('utf-8')
                found=re.search(r'<script[^>]+id="__UNIVERSAL_DATA_FOR_REHYDRATION__"[^>]*>(.*?)</script>',text,re.S)
                return json.loads(found.group(1))['__DEFAULT_SCOPE__']['webapp.video-detail']['itemInfo']['itemStruct']
            for _ in range(20): parse()
            t=time.perf_counter()
            for _ in range(100): parse()
            print((time.perf_counter()-t)/100*1e6)
            """;

    static string Quoted(string text) => $"'{text.Replace("\\", "\\\\").Replace("'", "\\'")}'";

    public static async Task<double> PythonMicrosecondsAsync(string file)
    {
        var script = Path.GetTempFileName();
        await File.WriteAllTextAsync(script, Python(file), Encoding.UTF8);
        using var process = Process.Start(
            new ProcessStartInfo("python3", [script]) { UseShellExecute = false, RedirectStandardOutput = true }
        )!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        File.Delete(script);
        return double.Parse(text);
    }
}
