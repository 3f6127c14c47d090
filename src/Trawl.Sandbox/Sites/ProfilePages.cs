using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// An author's page and the list it asks for. Only the page's own script can ask: it signs each question with a key the page was given, and a question
/// without that signature gets an empty answer.
/// </summary>
sealed class ProfilePages(PostCatalogue catalogue)
{
    const int PerPage = 15;

    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The script of an author's page: asks for the list, page by page as it is scrolled.</summary>
    public string Script(Person author, Request request) =>
        $$"""
            const key = '{{KeyOf(request)}}', list = document.createElement('main'); document.body.append(list);
            const mark = text => { let h = 0x811c9dc5; for (const c of key + text) h = Math.imul(h ^ c.charCodeAt(0), 0x01000193) >>> 0; return h.toString(16); };
            let cursor = 0, more = true, busy = false;
            async function load() {
                if (!more || busy) return;
                busy = true;
                const query = `secUid={{author.SecUid}}&count={{PerPage}}&cursor=${cursor}`;
                const page = await (await fetch(`/api/post/item_list/?${query}&X-Gnarly=${mark(query)}`)).json();
                for (const item of page.itemList) list.insertAdjacentHTML('beforeend', `<div class="card"><a href="/@{{author.Handle}}/video/${item.id}">▶</a></div>`);
                cursor = page.cursor; more = page.hasMore; busy = false;
            }
            addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 600) load(); });
            load();
            """;

    /// <summary><c>/api/post/item_list/</c> and its like: an author's posts, the newest first.</summary>
    public Reply List(Request request)
    {
        var query = request.Query.TrimStart('?').Split("&X-Gnarly=");
        if (query is not [var question, var mark] || mark != Mark(KeyOf(request), question))
            return new Reply(200, Body.Empty).With("Content-Type", "application/json").With("tt_orcas_res", "1");
        var secUid = request.Parameter("secUid");
        _ = int.TryParse(request.Parameter("cursor"), NumberStyles.None, CultureInfo.InvariantCulture, out var from);
        var posts = catalogue.Posts.Where(p => p.Author.SecUid == secUid && p.IsVisible).Reverse().ToList();
        var buffer = new ArrayBufferWriter<byte>(32_000);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("statusCode", 0);
            writer.WriteStartArray("itemList");
            foreach (var post in posts.Skip(from).Take(PerPage))
                PostPage.WriteItem(writer, post, [], new ItemStyle());
            writer.WriteEndArray();
            writer.WriteString("cursor", $"{from + PerPage}");
            writer.WriteBoolean("hasMore", from + PerPage < posts.Count);
            writer.WriteEndObject();
        }
        return Reply.Json(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    // of one browser at one address
    string KeyOf(Request request) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{request.Header("user-agent")}|{request.Way}")))[..16];

    static string Mark(string key, string text)
    {
        var hash = 0x811c9dc5u;
        foreach (var c in key + text)
            hash = (hash ^ c) * 0x01000193;
        return hash.ToString("x", CultureInfo.InvariantCulture);
    }
}
