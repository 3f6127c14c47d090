using Microsoft.Extensions.Logging.Abstractions;
using Trawl.Downloads;
using Trawl.Http;
using Trawl.Videos;

namespace Trawl.Benchmarks;

/// <summary>Our downloader alone, as a command: the addresses of a list into a folder, with hash, length check and fsync.</summary>
static class Fetch
{
    public static async Task RunAsync(string list, string folder, int concurrency, string? certificate)
    {
        var addresses = (await File.ReadAllLinesAsync(list)).Select(l => new Uri(l)).ToList();
        var http = new HttpOptions
        {
            TrustedServices = [.. addresses.Select(a => $"{a.Host}:{a.Port}").Distinct()],
            CertificateFile = certificate,
            ConnectionsPerHost = concurrency,
        };
        var options = new TrawlOptions { Http = http };
        using var network = new Network(http, NullLogger.Instance, TimeProvider.System);
        var transfer = new Transfer(network, options, TimeProvider.System, progress: null);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = concurrency };
        await Parallel.ForEachAsync(
            addresses.Index(),
            parallel,
            async (item, cancellation) =>
            {
                var format = new MediaFormat
                {
                    Id = "file",
                    Addresses = [item.Item],
                    Session = Session.Desktop,
                };
                await transfer.RunAsync(format, item.Item, Path.Combine(folder, $"{item.Index}.part"), cancellation);
            }
        );
    }
}
