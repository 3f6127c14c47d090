using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Trawl.Sandbox.Catalogue;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// The pages of www.tiktok.com one searches with: the start page with its button and field, the result page that asks for more as it is scrolled,
/// and what it asks. What a phrase begins with decides how it is answered: <c>nothing</c> finds nothing here, <c>hydrated</c> has the posts in the
/// page's data, <c>drawn</c> only in its elements, <c>members</c> wants a login.
/// </summary>
sealed class SearchPages(PostCatalogue catalogue)
{
    const int PerPage = 12;
    const int NeedsLogin = 2483;

    /// <summary>The start page.</summary>
    public static Reply Home(Request request) => Reply.Html(Page(request, "TikTok - Make Your Day", "", script: ""));

    /// <summary>The result page.</summary>
    public Reply Results(Request request)
    {
        var phrase = request.Parameter("q");
        var (body, script) = Manner(phrase) switch
        {
            "hydrated" => (Hydration(phrase), ""),
            "drawn" => (string.Concat(catalogue.Search(phrase).Take(PerPage).Select(Drawn)), ""),
            _ => ("", Loader),
        };
        return Reply.Html(Page(request, $"{phrase} | TikTok", $"<main>{body}</main>", script));
    }

    /// <summary>What the result page asks: posts from an offset on.</summary>
    public Reply Page(Request request)
    {
        var phrase = request.Parameter("keyword");
        if (Manner(phrase) == "members" && !IsLoggedIn(request))
            return Reply.Json($$"""{"status_code":{{NeedsLogin}},"status_msg":"Please login first","data":null}""");
        _ = int.TryParse(request.Parameter("offset"), NumberStyles.None, CultureInfo.InvariantCulture, out var offset);
        var found = catalogue.Search(phrase);
        return Reply.Json(
            Json(writer =>
            {
                writer.WriteStartObject();
                writer.WriteNumber("status_code", 0);
                writer.WriteStartArray("data");
                if (offset == 0 && found.Count > 0)
                    writer.WriteRawValue("""{"type":4,"user_list":[]}""");
                foreach (var post in found.Skip(offset).Take(PerPage))
                {
                    writer.WriteStartObject();
                    writer.WriteNumber("type", 1);
                    writer.WritePropertyName("item");
                    PostPage.WriteItem(writer, post, [], new ItemStyle());
                    writer.WriteEndObject();
                }
                writer.WriteEndArray();
                writer.WriteNumber("cursor", offset + PerPage);
                writer.WriteNumber("has_more", offset + PerPage < found.Count ? 1 : 0);
                writer.WriteStartObject("extra");
                writer.WriteString("logid", "20260205104802SANDBOX");
                writer.WriteEndObject();
                writer.WriteEndObject();
            })
        );
    }

    static string Manner(string phrase) => phrase.Split(' ')[0];

    static bool IsLoggedIn(Request request) => request.Cookie("sessionid").Length > 0;

    string Hydration(string phrase) =>
        "<script id=\"SIGI_STATE\" type=\"application/json\">"
        + Json(writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("ItemModule");
            foreach (var post in catalogue.Search(phrase).Take(PerPage))
            {
                writer.WritePropertyName(post.Id);
                PostPage.WriteItem(writer, post, [], new ItemStyle(), authorIsName: true);
            }
            writer.WriteEndObject();
            writer.WriteEndObject();
        })
        + "</script>";

    static string Drawn(Post post, int number)
    {
        var likes = post.Likes switch
        {
            >= 1_000_000 and var n => (n / 1e6).ToString("0.#", CultureInfo.InvariantCulture) + "M",
            >= 10_000 and var n => (n / 1e3).ToString("0.#", CultureInfo.InvariantCulture) + "K",
            var n => $"{n}",
        };
        return $"""
            <div id="column-item-video-container-{number}" class="card"><div><a href="/@{post.Author.Handle}/video/{post.Id}"><img alt=""></a>
            <div class="css-1i43xsj-DivTimeTag">{post.CreatedAt:yyyy-M-d}</div></div>
            <div data-e2e="search-card-video-caption">{WebUtility.HtmlEncode(post.Caption)}</div>
            <a data-e2e="search-card-user-link" href="/@{post.Author.Handle}"><p data-e2e="search-card-user-unique-id">{post.Author.Handle}</p></a>
            <div class="css-a-DivLikeContainer"><strong class="like-count">{likes}</strong></div></div>
            """;
    }

    static string Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(32_000);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan).Replace("<", "\\u003C");
    }

    static string Page(Request request, string title, string body, string script)
    {
        var user = IsLoggedIn(request)
            ? """<div data-e2e="profile-icon" class="profile-avatar">me</div><a href="/inbox">inbox</a><a href="/messages">message</a>"""
            : """<button id="header-login-button" class="login-button">Log in</button><a href="/signup">Sign in or register</a>""";
        return $$"""
            <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{WebUtility.HtmlEncode(title)}}</title>
            <style>.card{height:420px;border-bottom:1px solid}</style></head><body>
            <header><button data-e2e="nav-search" style="padding:9px">Search</button>
            <input data-e2e="search-input" type="search" placeholder="Search" hidden>{{user}}</header>{{body}}
            <script>
            const field = document.querySelector('[data-e2e=search-input]');
            document.querySelector('[data-e2e=nav-search]').addEventListener('click', () => { field.hidden = false; field.focus(); });
            field.addEventListener('keydown', e => { if (e.key === 'Enter') location = '/search?q=' + encodeURIComponent(field.value); });
            {{script}}
            </script></body></html>
            """;
    }

    const string Loader = """
        const phrase = new URLSearchParams(location.search).get('q') ?? '', main = document.querySelector('main');
        let offset = 0, more = true, busy = false, number = 0;
        const clean = text => { const e = document.createElement('i'); e.textContent = text; return e.innerHTML; };
        async function load() {
            if (!more || busy) return;
            busy = true;
            const reply = await fetch(`/api/search/general/full/?keyword=${encodeURIComponent(phrase)}&offset=${offset}&search_id=`);
            if (!reply.ok) { main.insertAdjacentHTML('beforeend', '<p>Something went wrong</p>'); return; }
            const page = await reply.json();
            for (const { item } of (page.data ?? []).filter(d => d.type === 1))
                main.insertAdjacentHTML('beforeend', `<div id="column-item-video-container-${number++}" class="card" data-e2e="search_top-item">
                    <a href="/@${item.author.uniqueId}/video/${item.id}">▶</a><div data-e2e="search-card-desc">${clean(item.desc)}</div></div>`);
            offset = page.cursor; more = page.has_more === 1; busy = false;
        }
        addEventListener('scroll', () => { if (innerHeight + scrollY > document.body.scrollHeight - 600) load(); });
        load();
        """;
}
