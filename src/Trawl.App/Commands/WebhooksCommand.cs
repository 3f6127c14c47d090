using System.CommandLine;
using Trawl.App.Storage;
using Trawl.Failures;

namespace Trawl.App.Commands;

/// <summary><c>trawl webhooks</c>: who is told by HTTP what a worker does.</summary>
static class WebhooksCommand
{
    static readonly Argument<string> Address = new("URL") { Description = "Where events are sent." };

    public static Command Create() =>
        new("webhooks", "Tell others by HTTP what a worker does, signed as Standard Webhooks has it.")
        {
            LibraryVerb.Create("add", "Tell somebody from now on; prints the secret, this once.", AddAsync, Address),
            LibraryVerb.Create("list", "Who is told, and what is still owed, one JSON object a line.", ListAsync),
            LibraryVerb.Create(
                "rotate",
                "Give somebody a new secret; the old one goes on signing until the next change.",
                RotateAsync,
                Address
            ),
            LibraryVerb.Create("enable", "Tell somebody again who was gone, and what was given up.", EnableAsync, Address),
            LibraryVerb.Create("remove", "Tell somebody no longer.", RemoveAsync, Address),
        };

    static async Task<int> AddAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Secret(await Of(library).AddAsync(AddressOf(parsed), cancellation), "It is told already.");

    static async Task<int> RotateAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Secret(await Of(library).RotateAsync(AddressOf(parsed), cancellation), Unknown);

    static async Task<int> EnableAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Known(await Of(library).EnableAsync(AddressOf(parsed), cancellation));

    static async Task<int> RemoveAsync(Library library, ParseResult parsed, CancellationToken cancellation) =>
        Known(await Of(library).RemoveAsync(AddressOf(parsed), cancellation));

    static async Task<int> ListAsync(Library library, ParseResult parsed, CancellationToken cancellation)
    {
        foreach (var webhook in await Of(library).ListAsync(cancellation))
            Console.Out.WriteLine(
                JsonText.Line(writer =>
                {
                    writer.WriteString("url", webhook.Address);
                    writer.WriteString("disabled", webhook.Disabled);
                    writer.WriteNumber("due", webhook.Due);
                    writer.WriteNumber("failed", webhook.Failed);
                })
            );
        return 0;
    }

    const string Unknown = "Nobody is told there.";

    static Webhooks Of(Library library) => new(library.Database, library.Box);

    static Uri AddressOf(ParseResult parsed) =>
        Uri.TryCreate(parsed.GetValue(Address), UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", UserInfo: "" }
            ? address
            : throw new TrawlException(FailureKind.Configuration, "URL is wrong: it must be an address of the web, without a password.");

    static int Secret(string? secret, string otherwise)
    {
        Console.Out.WriteLine(secret ?? throw new TrawlException(FailureKind.Configuration, otherwise));
        return 0;
    }

    static int Known(bool isKnown) => isKnown ? 0 : throw new TrawlException(FailureKind.Configuration, Unknown);
}
