using System.Security.Cryptography;
using Trawl.Files;
using Trawl.Tests.Shared;

namespace Trawl.Tests.Files;

public class PartFileTests
{
    static readonly byte[] Bytes = RandomNumberGenerator.GetBytes(100_000);

    [Fact]
    public void Goes_on_with_the_same_hash()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.part");
        using (var part = PartFile.Create(path, Bytes.Length, "\"tag\""))
            part.Append(Bytes.AsSpan(0, 40_000));

        PartFile.FindRemains(path).ShouldBe(new PartFile.Remains(40_000, Bytes.Length, "\"tag\""));
        using var resumed = PartFile.Resume(path);
        resumed.Append(Bytes.AsSpan(40_000));

        resumed.Finish().ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Bytes)));
        File.ReadAllBytes(path).ShouldBe(Bytes);
    }

    [Fact]
    public void Reserving_space_does_not_pretend_there_are_bytes()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.part");
        using var part = PartFile.Create(path, 10 << 20, null);
        part.Append(Bytes);

        new FileInfo(path).Length.ShouldBe(Bytes.Length);
    }

    [Fact]
    public void A_part_longer_than_the_whole_is_not_gone_on_with()
    {
        using var folder = new TempFolder();
        var path = folder.File("x.part");
        using (var part = PartFile.Create(path, 10, null))
            part.Append(Bytes);

        PartFile.FindRemains(path).ShouldBeNull();
    }
}
