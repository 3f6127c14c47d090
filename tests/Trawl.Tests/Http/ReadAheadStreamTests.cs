using Trawl.Http;

namespace Trawl.Tests.Http;

public sealed class ReadAheadStreamTests
{
    [Fact]
    public async Task Small_reads_bring_the_same_bytes_with_few_reads_below()
    {
        var content = new byte[1_000_003];
        new Random(7).NextBytes(content);
        await using var below = new CountingReads(content);
        await using var stream = new ReadAheadStream(below);

        var chance = new Random(8);
        var copy = new MemoryStream();
        while (true)
        {
            var buffer = new byte[chance.Next(1, 16 * 1024)];
            var read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            if (read == 0)
                break;
            copy.Write(buffer, 0, read);
        }

        Assert.Equal(content, copy.ToArray());
        Assert.InRange(below.Reads, 1, 10);
    }

    [Fact]
    public async Task A_read_of_nothing_does_not_read_ahead()
    {
        await using var below = new CountingReads([1, 2, 3]);
        await using var stream = new ReadAheadStream(below);

        Assert.Equal(0, await stream.ReadAsync(Memory<byte>.Empty, TestContext.Current.CancellationToken));
        Assert.Equal(0, below.Position);
    }

    sealed class CountingReads(byte[] content) : MemoryStream(content)
    {
        public int Reads { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            Reads++;
            return base.ReadAsync(destination, cancellationToken);
        }
    }
}
