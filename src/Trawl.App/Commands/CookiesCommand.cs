using System.CommandLine;
using Trawl.App.Reports;
using Trawl.App.Storage;
using Trawl.Http;

namespace Trawl.App.Commands;

/// <summary><c>trawl cookies</c>: the cookies of a browser that is logged in, kept encrypted for all later commands. Their values are never shown.</summary>
static class CookiesCommand
{
    static readonly Argument<string> File = new("FILE")
    {
        Description = "Cookies in Netscape's format, as browsers' export tools write them.",
    };

    public static Command Create() => new("cookies", "Keep the cookies of a browser that is logged in.") { Import(), Status(), Clear() };

    static Command Import()
    {
        var command = new Command("import", "Keep these cookies, encrypted, in place of those kept before.") { File };
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var pass = new Pass { Cookies = SourceOptions.ReadCookies(parsed.GetValue(File)!, "FILE") };
                await source.Vault(parsed).WriteAsync(Vault.Cookies, pass, cancellation);
                Show(pass);
                return 0;
            }
        );
        return command;
    }

    static Command Status()
    {
        var command = new Command("status", "Say which hosts there are cookies for, and until when.");
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                var vault = source.Vault(parsed);
                if (await vault.ReadAsync(Vault.Cookies, cancellation) is { } pass)
                    Show(pass);
                else
                    Console.Out.WriteLine(
                        vault.Has(Vault.Cookies) ? "The cookies can no longer be read: import them again." : "No cookies are kept."
                    );
                return 0;
            }
        );
        return command;
    }

    static Command Clear()
    {
        var command = new Command("clear", "Forget the cookies.");
        var source = new SourceOptions(command, downloads: false);
        command.SetAction(
            async (parsed, cancellation) =>
            {
                await source.Vault(parsed).WriteAsync(Vault.Cookies, null, cancellation);
                return 0;
            }
        );
        return command;
    }

    static void Show(Pass pass)
    {
        foreach (var host in pass.Cookies.GroupBy(c => c.Domain).OrderBy(g => g.Key, StringComparer.Ordinal))
            Console.Out.WriteLine(
                $"{host.Key.ForTerminal(), -30} {host.Count()} cookies, {(host.Min(c => c.Expires) is { } end ? $"the first ends {end:yyyy-MM-dd}" : "no end")}"
            );
    }
}
