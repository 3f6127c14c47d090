namespace Trawl.App.Resolver.Json;

/// <summary>
/// A JSON object with its keys in order. A value is null, a <see cref="bool"/>, <see cref="long"/>, <see cref="System.Numerics.BigInteger"/>,
/// <see cref="double"/>, <see cref="string"/>, <see cref="List{T}"/> of values, or another one of these.
/// </summary>
sealed class Fields : OrderedDictionary<string, object?>
{
    public string? Text(string name) => this.GetValueOrDefault(name) as string;
}
