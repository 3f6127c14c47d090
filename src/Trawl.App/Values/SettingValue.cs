using System.Globalization;

namespace Trawl.App.Values;

/// <summary>Reads the values of settings; what cannot be is a <see cref="FormatException"/>.</summary>
static class SettingValue
{
    public static string[] List(string value) =>
        value.Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Texts that may hold commas.</summary>
    public static string[] Lines(string value) =>
        value.Split(['|', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>A whole number above 0.</summary>
    public static int Whole(string value) =>
        int.Parse(value, NumberStyles.None, CultureInfo.InvariantCulture) is > 0 and var number ? number : throw new FormatException("0");

    /// <summary>A port somebody can be sent to.</summary>
    public static int Port(string value) => Whole(value) is <= 65_535 and var port ? port : throw new FormatException("1 to 65535");

    /// <summary>A time in seconds, above 0 and below a day.</summary>
    public static TimeSpan Seconds(string value) =>
        double.Parse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) is > 0 and < 86_400 and var seconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new FormatException("0 to 86400");

    /// <summary>A number of days; 0 for no limit.</summary>
    public static TimeSpan Days(string value) => value == "0" ? TimeSpan.Zero : TimeSpan.FromDays(Whole(value));

    /// <summary>An address of the web.</summary>
    public static Uri Web(string value) =>
        Uri.TryCreate(value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new FormatException("no address");
}
