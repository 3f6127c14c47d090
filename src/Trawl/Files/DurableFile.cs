using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Trawl.Failures;

namespace Trawl.Files;

/// <summary>Changes to the file system that survive a power cut: content, name and folder are flushed in that order.</summary>
public static partial class DurableFile
{
    /// <summary>Writes a small file whole, so that a reader sees the old one or the new one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="ownerOnly">Whether only the owner may read it.</param>
    public static void Write(string path, ReadOnlySpan<byte> content, bool ownerOnly = false)
    {
        var draft = path + ".new";
        Guard(() => File.Delete(draft));
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (ownerOnly && !OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new FileStream(draft, options);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch (Exception e) when (StorageFailure.From(e, path) is { } failure)
        {
            throw failure;
        }
        Rename(draft, path);
    }

    /// <summary>Moves a finished file or folder to its final name, replacing what stands there, and makes the name durable.</summary>
    public static void Rename(string from, string to)
    {
        Guard(() =>
        {
            if (Directory.Exists(from))
            {
                if (Directory.Exists(to))
                    Directory.Delete(to, recursive: true);
                Directory.Move(from, to);
            }
            else
            {
                File.Move(from, to, overwrite: true);
            }
        });
        FlushFolder(Path.GetDirectoryName(Path.GetFullPath(to))!);
    }

    /// <summary>Makes the content of a file durable that somebody else wrote.</summary>
    public static void Flush(string path) =>
        Guard(() =>
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
            RandomAccess.FlushToDisk(file);
        });

    /// <summary>Makes a folder and its parents.</summary>
    public static void MakeFolder(string path) => Guard(() => Directory.CreateDirectory(path));

    /// <summary>Flushes the names in a folder. .NET cannot open a folder, so this asks the C library; where there is none, renames are left to the system.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, 0);
        if (descriptor < 0)
            return;
        _ = Fsync(descriptor);
        _ = Close(descriptor);
    }

    static void Guard(Action change)
    {
        try
        {
            change();
        }
        catch (Exception e) when (StorageFailure.From(e, "") is { } failure)
        {
            throw failure;
        }
    }

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Fsync(int descriptor);

    [UnsupportedOSPlatform("windows")]
    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
