using System.Globalization;
using System.Numerics;
using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>How a value becomes what a field holds: as generously as clients are used to, and with the faults they know.</summary>
static class Coerce
{
    const int LongestInteger = 4300;

    static readonly string[] No = ["0", "f", "n", "no", "off", "false"];
    static readonly string[] Yes = ["1", "t", "y", "yes", "on", "true"];

    /// <summary>Truth: itself, 0 and 1, and the usual words.</summary>
    public static bool Truth(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        switch (value)
        {
            case bool truth:
                return truth;
            case 1L or 1.0:
                return true;
            case 0L or 0.0:
                return false;
            case string text when Yes.Contains(text, StringComparer.OrdinalIgnoreCase):
                return true;
            case string text when No.Contains(text, StringComparer.OrdinalIgnoreCase):
                return false;
        }
        faults.Add(
            value is string or long or BigInteger || (value is double number && double.IsInteger(number))
                ? new Fault("bool_parsing", place, "Input should be a valid boolean, unable to interpret input", value)
                : new Fault("bool_type", place, "Input should be a valid boolean", value)
        );
        return false;
    }

    /// <summary>A whole number within limits.</summary>
    public static Coercion<int> Whole(int least, int most) =>
        (value, place, faults) =>
        {
            var before = faults.Count;
            var number = Whole(value, place, faults);
            if (faults.Count > before)
                return least;
            if (number < least)
                faults.Add(Beyond("greater_than_equal", "greater", "ge", least));
            else if (number > most)
                faults.Add(Beyond("less_than_equal", "less", "le", most));
            return number >= least && number <= most ? (int)number : least;

            Fault Beyond(string type, string word, string name, int limit) =>
                new(type, place, $"Input should be {word} than or equal to {limit}", value, new Fields { [name] = (long)limit });
        };

    /// <summary>A text, or a list of texts; what is neither has the faults of both.</summary>
    public static Query? TextOrTexts(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        if (value is string text)
            return new Query([text], IsList: false);
        if (value is List<object?> list && list.TrueForAll(item => item is string))
            return new Query([.. list.Cast<string>()], IsList: true);
        const string NoText = "Input should be a valid string";
        faults.Add(new Fault("string_type", [.. place, "str"], NoText, value));
        object[] within = [.. place, "list[str]"];
        if (value is List<object?> mixed)
            faults.AddRange(
                mixed
                    .Index()
                    .Where(i => i.Item is not string)
                    .Take(Fault.Most)
                    .Select(i => new Fault("string_type", [.. within, (long)i.Index], NoText, i.Item))
            );
        else
            faults.Add(new Fault("list_type", within, "Input should be a valid list", value));
        return null;
    }

    /// <summary>An address of the web.</summary>
    public static WebAddress? WebAddress(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        const int Longest = 2083;
        if (value is string text && System.Text.Encoding.UTF8.GetByteCount(text) > Longest)
        {
            var limit = new Fields { ["max_length"] = (long)Longest };
            faults.Add(new Fault("url_too_long", place, $"URL should have at most {Longest} characters", value, limit));
            return null;
        }
        var address = Address(value, place, faults);
        if (address is { Scheme: not ("http" or "https") })
        {
            faults.Add(NotOfTheWeb(value, place));
            return null;
        }
        return address;
    }

    /// <summary>An address of the web, <c>about:blank</c>, or nothing.</summary>
    public static WebAddress? WebAddressOrBlank(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        if (value is null)
            return null;
        var address = Address(value, place, faults);
        if (address is { Scheme: "http" or "https" or "about" } and ({ Scheme: not "about" } or { Text: "about:blank" }))
            return address;
        if (address is not null)
            faults.Add(NotOfTheWeb(value, place));
        return null;
    }

    /// <summary>An address a browser can be sent to. The rules of the web allow hosts that nobody can be connected to, such as <c>a..b</c>.</summary>
    public static WebAddress? PageAddress(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        var address = WebAddressOrBlank(value, place, faults);
        if (address is null or { Scheme: "about" } || Uri.TryCreate(address.Text, UriKind.Absolute, out _))
            return address;
        const string Error = "invalid domain character";
        faults.Add(new Fault("url_parsing", place, $"Input should be a valid URL, {Error}", value, new Fields { ["error"] = Error }));
        return null;
    }

    /// <summary>One of some words, exactly.</summary>
    public static Coercion<string> OneOf(params string[] words) =>
        (value, place, faults) =>
        {
            if (value is string word && words.Contains(word))
                return word;
            var expected = string.Join(" or ", words.Select(w => $"'{w}'"));
            faults.Add(new Fault("enum", place, $"Input should be {expected}", value, new Fields { ["expected"] = expected }));
            return words[0];
        };

    static WebAddress? Address(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        if (value is not string text)
        {
            faults.Add(new Fault("url_type", place, "URL input should be a string or URL", value));
            return null;
        }
        var address = Requests.WebAddress.Parse(text, out var error);
        if (address is null)
            faults.Add(new Fault("url_parsing", place, $"Input should be a valid URL, {error}", value, new Fields { ["error"] = error }));
        return address;
    }

    static Fault NotOfTheWeb(object? value, IReadOnlyList<object> place) =>
        new(
            "url_scheme",
            place,
            "URL scheme should be 'http' or 'https'",
            value,
            new Fields { ["expected_schemes"] = "'http' or 'https'" }
        );

    static BigInteger Whole(object? value, IReadOnlyList<object> place, List<Fault> faults)
    {
        switch (value)
        {
            case long number:
                return number;
            case BigInteger number:
                return number;
            case bool truth:
                return truth ? 1 : 0;
            case double number when !double.IsFinite(number):
                faults.Add(new Fault("finite_number", place, "Input should be a finite number", value));
                return 0;
            case double number when double.IsInteger(number):
                return new BigInteger(number);
            case double:
                faults.Add(
                    new Fault("int_from_float", place, "Input should be a valid integer, got a number with a fractional part", value)
                );
                return 0;
            case string { Length: > LongestInteger }:
                faults.Add(
                    new Fault("int_parsing_size", place, "Unable to parse input string as an integer, exceeded maximum size", value)
                );
                return 0;
            case string text when TryRead(text, out var number):
                return number;
            case string:
                faults.Add(new Fault("int_parsing", place, "Input should be a valid integer, unable to parse string as an integer", value));
                return 0;
            default:
                faults.Add(new Fault("int_type", place, "Input should be a valid integer", value));
                return 0;
        }
    }

    // " +05.0 " and "1_0" are whole numbers, "5e0" and "0x5" are none
    static bool TryRead(string text, out BigInteger number)
    {
        var digits = text.Strip();
        if (digits.StartsWith('+'))
            digits = digits[1..].StartsWith('-') ? "" : digits[1..];
        if (digits.IndexOf('.') is >= 0 and var point && digits.AsSpan(point + 1).Trim('0').IsEmpty)
            digits = digits[..point];
        if (!digits.StartsWith('_') && !digits.EndsWith('_') && !digits.Contains("__", StringComparison.Ordinal))
            digits = digits.Replace("_", "", StringComparison.Ordinal);
        number = 0;
        return digits.TrimStart('-').All(char.IsAsciiDigit)
            && BigInteger.TryParse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }
}
