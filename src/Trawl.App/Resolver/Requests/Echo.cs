using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>A value of a request as it is told back: of one that is too long its beginning, in the same shape.</summary>
/// <param name="most">How many characters of JSON it may have, about.</param>
sealed class Echo(int most)
{
    const int Scalar = 8;
    const int Escaped = 6; // \u0000
    const int LongestNumber = 100;

    int _left = most;

    /// <summary>The value, or as much of it as fits.</summary>
    public object? Of(object? value)
    {
        switch (value)
        {
            case string text:
                return Of(text);
            case List<object?> list:
                var items = new List<object?>();
                foreach (var item in list.TakeWhile(_ => Fits()))
                    items.Add(Of(item));
                return items;
            case Fields fields:
                var some = new Fields();
                foreach (var (name, inner) in fields.TakeWhile(_ => Fits()))
                    some[Of(name)] = Of(inner);
                return some;
            default:
                _left -= Scalar;
                return value is System.Numerics.BigInteger number && number.GetByteCount() > LongestNumber ? 0L : value;
        }
    }

    string Of(string text)
    {
        var kept = 0;
        for (; kept < text.Length && _left > 0; kept++)
            _left -= char.IsControl(text[kept]) ? Escaped : 1;
        _left -= 2;
        return kept == text.Length ? text : text[..(kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept)];
    }

    // brackets cost something, too: a body of nothing but them is as long
    bool Fits() => (_left -= 2) > 0;
}
