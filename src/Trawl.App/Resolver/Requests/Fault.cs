using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>What is wrong with one field of a request, in the words and the shape clients know.</summary>
/// <param name="Type">What sort of fault, such as <c>missing</c>.</param>
/// <param name="Place">Where: names and indexes, after the word <c>body</c>.</param>
/// <param name="Message">A sentence for people.</param>
/// <param name="Input">What was given.</param>
/// <param name="Context">The limit that was broken, or the reason.</param>
sealed record Fault(string Type, IReadOnlyList<object> Place, string Message, object? Input, Fields? Context = null)
{
    /// <summary>How many faults of a request are told.</summary>
    public const int Most = 100;

    // what is echoed of a value, in characters
    const int Longest = 1000;

    public Fields ToFields()
    {
        var fields = new Fields
        {
            ["type"] = Type,
            ["loc"] = (List<object?>)["body", .. Place.Select(new Echo(Longest).Of)],
            ["msg"] = Message,
            ["input"] = new Echo(Longest).Of(Input),
        };
        if (Context is not null)
            fields["ctx"] = Context;
        if (Type != "json_invalid")
            fields["url"] = $"https://errors.pydantic.dev/2.9/v/{Type}";
        return fields;
    }
}

/// <summary>A request that is refused for the faults in it.</summary>
sealed class InvalidRequestException(IReadOnlyList<Fault> faults) : Exception("The request is not valid.")
{
    public IReadOnlyList<Fault> Faults { get; } = faults.Count <= Fault.Most ? faults : [.. faults.Take(Fault.Most)];
}
