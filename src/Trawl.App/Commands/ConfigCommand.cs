using System.CommandLine;
using Trawl.App.Configuration;
using Trawl.App.Storage;

namespace Trawl.App.Commands;

/// <summary><c>trawl config</c>: what is set, and where.</summary>
static class ConfigCommand
{
    static readonly Option<bool> Effective = new("--effective") { Description = "Also what is not set, with its default." };

    public static Command Create()
    {
        var show = new Command("show", "The settings, one JSON object a line; secrets are masked.") { Effective };
        var source = new WorkerSource(show);
        show.SetAction(parsed => Show(source, parsed));
        return new Command("config", "See what is set, and where.") { show };
    }

    static int Show(WorkerSource source, ParseResult parsed)
    {
        var settings = source.Settings(parsed);
        // what is wrong is told here, too
        settings.Over(new TrawlOptions());
        settings.Keyframes();
        settings.Service();
        settings.Worker();
        foreach (var (name, value, origin) in settings.Shown(SettingDefaults.Read(), parsed.GetValue(Effective)))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("name", name);
                    writer.WriteString("value", value);
                    writer.WriteString("source", origin);
                })
            );
        return 0;
    }
}
