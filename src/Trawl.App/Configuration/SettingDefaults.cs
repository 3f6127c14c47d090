using System.Reflection;

namespace Trawl.App.Configuration;

/// <summary>What holds where nothing is set, as the documentation has it.</summary>
static class SettingDefaults
{
    /// <summary>Reads them from the table of the documentation, which is part of the program: a name, its default, its meaning.</summary>
    public static IReadOnlyDictionary<string, string> Read()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("settings.md")!);
        var defaults = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (reader.ReadLine() is { } line)
            if (line.Split('|', StringSplitOptions.TrimEntries) is ["", ['`', .. var name, '`'], var value, ..])
                defaults.TryAdd(name, value.Trim('`'));
        return defaults;
    }
}
