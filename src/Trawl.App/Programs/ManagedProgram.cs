using System.Text;
using Trawl.Failures;
using Trawl.Files;

namespace Trawl.App.Programs;

/// <summary>
/// A program that Trawl keeps itself: its versions side by side in a folder of their own, and which of them is used. A version is there whole or not at
/// all, and the one before stays for the way back.
/// </summary>
sealed class ManagedProgram(string stateFolder, string name)
{
    string Folder => System.IO.Path.Combine(stateFolder, "programs", name);

    string Pointer => System.IO.Path.Combine(Folder, "current");

    /// <summary>The version in use; null where none is kept.</summary>
    public string? Version => Pointed.FirstOrDefault();

    /// <summary>The version that was used before; null where there was none.</summary>
    public string? Former => Pointed.Skip(1).FirstOrDefault();

    /// <summary>The program in use; null where none is kept.</summary>
    public string? Path => Version is { } version ? PathOf(version) : null;

    // the version in use, then the one before
    IEnumerable<string> Pointed =>
        File.Exists(Pointer) ? File.ReadAllLines(Pointer).Where(v => IsVersion(v) && File.Exists(PathOf(v))) : [];

    /// <summary>Where a new version may be tried before it is taken into use.</summary>
    public string Draft => System.IO.Path.Combine(Folder, $"{name}.new");

    /// <summary>Writes a version down to be tried.</summary>
    /// <exception cref="TrawlException">The folder cannot be written.</exception>
    public void Write(ReadOnlySpan<byte> content)
    {
        DurableFile.MakeFolder(Folder);
        DurableFile.Write(Draft, content, ownerOnly: true);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Draft, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes what was written into use.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.WrongContent"/> when its version is none.</exception>
    public void Use(string version)
    {
        if (!IsVersion(version))
            throw new TrawlException(FailureKind.WrongContent, "The program says no version.");
        var former = Version == version ? Former : Version;
        DurableFile.MakeFolder(System.IO.Path.GetDirectoryName(PathOf(version))!);
        DurableFile.Rename(Draft, PathOf(version));
        Point(version, former);
    }

    /// <summary>Goes back to the version before.</summary>
    /// <exception cref="TrawlException"><see cref="FailureKind.Configuration"/> when there is none.</exception>
    public void GoBack()
    {
        if (Version is not { } version || Former is not { } former)
            throw new TrawlException(FailureKind.Configuration, $"There is no version of {name} to go back to.");
        Point(former, version);
    }

    void Point(string version, string? former) =>
        DurableFile.Write(Pointer, Encoding.UTF8.GetBytes($"{version}\n{(former is null ? "" : former + "\n")}"));

    string PathOf(string version) => System.IO.Path.Combine(Folder, version, OperatingSystem.IsWindows() ? $"{name}.exe" : name);

    // 2026.08.20.232839
    static bool IsVersion(string text) =>
        text.Length is > 0 and <= 40 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-') && text[0] != '.';
}
