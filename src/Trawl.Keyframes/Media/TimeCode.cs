using System.Globalization;

namespace Trawl.Keyframes;

/// <summary>Times as people and players read them.</summary>
static class TimeCode
{
    /// <summary>For example <c>1:02.40</c>.</summary>
    public static string Short(double seconds)
    {
        var hundredths = (long)Math.Round(seconds * 100);
        return string.Create(CultureInfo.InvariantCulture, $"{hundredths / 6000}:{hundredths / 100 % 60:00}.{hundredths % 100:00}");
    }

    /// <summary>For example <c>00:01:02.400</c>, as WebVTT and PySceneDetect write it.</summary>
    public static string Long(double seconds)
    {
        var thousandths = (long)Math.Round(seconds * 1000);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{thousandths / 3_600_000:00}:{thousandths / 60_000 % 60:00}:{thousandths / 1000 % 60:00}.{thousandths % 1000:000}"
        );
    }
}
