using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Trawl.App.Resolver;

/// <summary>The pages that describe the service: the OpenAPI document, and the same for people.</summary>
sealed class ServicePages
{
    /// <param name="title">What the service calls itself.</param>
    public ServicePages(string title)
    {
        using var resource = typeof(ServicePages).Assembly.GetManifestResourceStream("openapi.json")!;
        var document = JsonNode.Parse(resource)!;
        document["info"]!["title"] = title;
        OpenApi = JsonSerializer.SerializeToUtf8Bytes(document);
        Docs = Encoding.UTF8.GetBytes(Page(title, document));
    }

    public byte[] OpenApi { get; }

    public byte[] Docs { get; }

    static string Page(string title, JsonNode document)
    {
        var page = new StringBuilder(
            $$"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>{{WebUtility.HtmlEncode(title)}}</title>
            <style>
            body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
            code,pre{font-family:ui-monospace,monospace}pre{padding:.8rem;overflow:auto;border:1px solid #8886;border-radius:.4rem}
            h2 code{font-size:1rem}
            </style></head><body><h1>{{WebUtility.HtmlEncode(title)}}</h1>
            <p>The same for programs: <a href="/openapi.json">/openapi.json</a></p>
            """
        );
        foreach (var (path, methods) in document["paths"]!.AsObject())
        foreach (var (method, operation) in methods!.AsObject())
        {
            page.Append($"<h2><code>{method.ToUpperInvariant()} {path}</code></h2>");
            page.Append($"<p>{WebUtility.HtmlEncode((string?)operation!["summary"])}</p>");
            if (operation["requestBody"]?["content"]?["application/json"]?["example"] is { } example)
                page.Append($"<pre>{WebUtility.HtmlEncode(example.ToJsonString())}</pre>");
            page.Append("<ul>");
            foreach (var (status, answer) in operation["responses"]!.AsObject())
                page.Append($"<li><code>{status}</code> {WebUtility.HtmlEncode((string?)answer!["description"])}</li>");
            page.Append("</ul>");
        }
        return page.Append("</body></html>").ToString();
    }
}
