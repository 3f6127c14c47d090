using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary>Reads a file with a link a line; empty lines and lines that start with # or ; are passed over.</summary>
static class LinkList
{
    public static async Task<IReadOnlyList<string>> ReadAsync(string path, CancellationToken cancellation)
    {
        try
        {
            var text = await GivenText.ReadAsync(path, cancellation);
            return [.. text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] is not ('#' or ';'))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new TrawlException(FailureKind.Configuration, $"The list {path} cannot be read: {e.Message}", e);
        }
    }
}
