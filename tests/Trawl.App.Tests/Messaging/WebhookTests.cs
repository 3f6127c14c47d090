using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Trawl.App.Crawls;
using Trawl.App.Messaging;
using Trawl.App.Operations;
using Trawl.App.Storage;
using Trawl.Http;
using Trawl.Tests.Shared;

namespace Trawl.App.Tests.Messaging;

/// <summary>Events by HTTP: signed, at least once, and nobody waits for one who does not answer.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    static readonly CancellationToken None = TestContext.Current.CancellationToken;

    readonly TempFolder _folder = new();
    readonly ConcurrentQueue<(IHeaderDictionary Headers, string Body)> _heard = new();
    Func<HttpContext, int> _answer = _ => 200;
    Database _database = null!;
    WebServer _listener = null!;
    Webhooks _webhooks = null!;

    public async ValueTask InitializeAsync()
    {
        _database = Database.At(_folder.File("trawl.db"));
        await Migrations.ApplyAsync(_database, None);
        _webhooks = new Webhooks(_database, box: null);
        _listener = await WebServer.StartAsync(IPAddress.Loopback, 0, HearAsync, NullLoggerFactory.Instance, None);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task An_event_arrives_signed_with_the_secret_that_was_given_out()
    {
        var secret = await _webhooks.AddAsync(_listener.Address, None);
        var id = await EventAsync("""{"video_id":"7","frames":[],"job_id":"j"}""");

        await FlushAsync();

        var (headers, body) = _heard.ShouldHaveSingleItem();
        headers["webhook-id"].ToString().ShouldBe(id);
        headers["webhook-signature"].ToString().ShouldBe("v1," + Signature(secret!, headers, body));
        headers.ContentType.ToString().ShouldBe("application/json");
        var said = JsonNode.Parse(body)!;
        ((string?)said["type"]).ShouldBe(Messages.KeyframesReady);
        ((string?)said["data"]!["video_id"]).ShouldBe("7");
        DateTimeOffset.TryParse((string)said["timestamp"]!, out _).ShouldBeTrue();
        await FlushAsync();
        _heard.Count.ShouldBe(1, "it has arrived");
    }

    [Fact]
    public async Task After_a_rotation_the_old_secret_signs_as_well()
    {
        var old = await _webhooks.AddAsync(_listener.Address, None);
        var secret = await _webhooks.RotateAsync(_listener.Address, None);
        await EventAsync("{}");

        await FlushAsync();

        var (headers, body) = _heard.ShouldHaveSingleItem();
        headers["webhook-signature"].ToString().ShouldBe($"v1,{Signature(secret!, headers, body)} v1,{Signature(old!, headers, body)}");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task What_does_not_arrive_is_owed_and_tried_again_later(int status)
    {
        await _webhooks.AddAsync(_listener.Address, None);
        await EventAsync("{}");
        _answer = context =>
        {
            context.Response.Headers.Location = "/elsewhere";
            return status;
        };

        await FlushAsync();
        await FlushAsync();
        _heard.Count.ShouldBe(1, "not at once, and nowhere else");
        _answer = _ => 200;
        await MakeDueAsync();
        await FlushAsync();

        _heard.Count.ShouldBe(2);
        (await _webhooks.ListAsync(None)).ShouldHaveSingleItem().Due.ShouldBe(0);
    }

    [Fact]
    public async Task After_ten_attempts_it_is_given_up_and_can_be_asked_for()
    {
        await _webhooks.AddAsync(_listener.Address, None);
        await EventAsync("{}");
        _answer = _ => 503;

        for (var i = 0; i < 12; i++)
        {
            await FlushAsync();
            await MakeDueAsync();
        }

        _heard.Count.ShouldBe(10);
        (await _webhooks.ListAsync(None)).ShouldHaveSingleItem().Failed.ShouldBe(1);
        await _webhooks.EnableAsync(_listener.Address, None);
        _answer = _ => 200;
        await FlushAsync();
        _heard.Count.ShouldBe(11);
    }

    [Fact]
    public async Task One_who_says_that_he_is_gone_is_told_no_more()
    {
        await _webhooks.AddAsync(_listener.Address, None);
        await EventAsync("{}");
        _answer = _ => 410;

        await FlushAsync();
        await EventAsync("{}");
        await MakeDueAsync();
        await FlushAsync();

        _heard.Count.ShouldBe(1);
        (await _webhooks.ListAsync(None)).ShouldHaveSingleItem().Disabled.ShouldNotBeNull();
    }

    [Fact]
    public async Task What_would_be_too_large_loses_its_list_of_videos()
    {
        await _webhooks.AddAsync(_listener.Address, None);
        await EventAsync($$"""{"job_id":"j","total_keyframes":3,"videos":["{{new string('x', 30_000)}}"]}""");

        await FlushAsync();

        var data = JsonNode.Parse(_heard.ShouldHaveSingleItem().Body)!["data"]!.AsObject();
        data.Select(d => d.Key).ShouldBe(["job_id", "total_keyframes"]);
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_private_address_that_is_not_named_as_trusted()
    {
        await _webhooks.AddAsync(_listener.Address, None);
        await EventAsync("{}");

        await FlushAsync(new HttpOptions());

        _heard.ShouldBeEmpty();
        (await _webhooks.ListAsync(None)).ShouldHaveSingleItem().Due.ShouldBe(1);
    }

    async Task HearAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        _heard.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
        context.Response.StatusCode = _answer(context);
    }

    async Task<string> EventAsync(string body)
    {
        var id = Guid.NewGuid().ToString();
        await _database.InTransactionAsync(s => Outbox.AddAsync(s, id, "j", "7", Messages.KeyframesReady, "c", body), None);
        return id;
    }

    Task MakeDueAsync() => _database.InTransactionAsync(s => s.ExecuteAsync("update trawl_deliveries set not_before = 0"), None);

    async Task FlushAsync(HttpOptions? options = null)
    {
        options ??= new HttpOptions { TrustedServices = [_listener.Address.Authority] };
        using var network = new Network(options, NullLogger.Instance, TimeProvider.System);
        var sender = new WebhookSender(
            _webhooks,
            network,
            _database.Changes[Topic.Events],
            TimeSpan.FromSeconds(1),
            TimeProvider.System,
            NullLogger.Instance
        );
        await sender.FlushAsync(None);
    }

    static string Signature(string secret, IHeaderDictionary headers, string body) =>
        Convert.ToBase64String(
            HMACSHA256.HashData(
                Convert.FromBase64String(secret["whsec_".Length..]),
                Encoding.UTF8.GetBytes($"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}")
            )
        );
}
