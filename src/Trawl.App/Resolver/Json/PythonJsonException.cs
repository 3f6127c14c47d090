namespace Trawl.App.Resolver.Json;

/// <summary>A text that is no JSON, as Python would say it.</summary>
/// <param name="message">Python's message, such as <c>Expecting value</c>.</param>
/// <param name="position">Where, counted in characters (code points), from 0.</param>
sealed class PythonJsonException(string message, int position) : Exception(message)
{
    public int Position { get; } = position;
}
