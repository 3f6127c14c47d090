using Amazon.Runtime;
using Amazon.S3;
using Trawl.App.Storage;
using Trawl.App.Tests.Servers;

namespace Trawl.App.Tests.Storage;

/// <summary>The same promises, kept on a server that is not ours.</summary>
public sealed class SwiftStoreTests : MediaStoreCompliance, IAsyncLifetime
{
    static readonly BasicAWSCredentials Who = new(SwiftServer.KeyId, SwiftServer.Secret);

    SwiftServer? _server;
    S3Store _store = null!;

    protected override IMediaStore Store => _store;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("TRAWL_NIGHTLY") == "1", "nightly only");
        Assert.SkipUnless(SwiftServer.IsInstalled, "swift is not installed");
        _server = await SwiftServer.StartAsync();
        var options = S3Options.Parse("s3://corpus/tests") with { Endpoint = _server.Address };
        using var client = new AmazonS3Client(
            Who,
            new AmazonS3Config
            {
                ServiceURL = _server.Address.AbsoluteUri,
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
            }
        );
        await client.PutBucketAsync("corpus", None);
        _store = new S3Store(Disk, new S3Bucket(options, Who, partSize: 5 << 20), options, TimeProvider.System);
    }

    [Fact]
    public async Task Stale_uploads_are_looked_for()
    {
        await _store.SweepAsync(None);

        (await _store.FindAsync(Url, slideshow: false, None)).ShouldBeNull();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        _store.Dispose();
        await _server.DisposeAsync();
    }
}
