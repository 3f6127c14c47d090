using Trawl.Failures;

namespace Trawl.Files;

/// <summary>What the exceptions of the file system mean.</summary>
public static class StorageFailure
{
    const int GenericIo = unchecked((int)0x80131620); // COR_E_IO
    const int NoSpace = 28; // ENOSPC
    const int Quota = 122; // EDQUOT
    const int FileTooBig = 27; // EFBIG

    /// <summary>The failure behind an exception; null when it is none of the file system's, or known already.</summary>
    /// <param name="e">The exception.</param>
    /// <param name="path">What was written; empty where nobody knows.</param>
    public static TrawlException? From(Exception e, string path) =>
        e switch
        {
            TrawlException => null,
            IOException when IsFull(e) => new(FailureKind.StorageFull, $"No space is left{Where(path)}.", e),
            UnauthorizedAccessException or IOException => new(FailureKind.StorageDenied, $"Cannot write{Where(path)}: {e.Message}", e),
            _ => null,
        };

    // reserving space fails without an error number
    static bool IsFull(Exception e) =>
        e.HResult == GenericIo
        || (e.HResult & 0xFFFF)
            is NoSpace
                or Quota
                or FileTooBig
                or 0x70 /* ERROR_DISK_FULL */
                or 0x27;

    static string Where(string path) => path.Length == 0 ? "" : $" for {path}";
}
