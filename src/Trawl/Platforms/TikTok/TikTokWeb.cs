using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Trawl.Failures;
using Trawl.Http;
using Trawl.Strategies;
using Trawl.Videos;

namespace Trawl.Platforms.TikTok;

/// <summary>
/// The strategy <c>web</c>: asks TikTok itself, at one door after the other until one shows the post. Doors that refuse are passed over for a while. Where
/// all refuse, a real browser opens the post's page once, and what it was given is used for plain requests until that is refused, too.
/// </summary>
sealed class TikTokWeb(PlatformParts parts) : Strategy
{
    const string Site = "tiktok";

    /// <summary>What the page is called that is asked for in a browser's session.</summary>
    public const string SessionDoor = "session";

    readonly Network _network = parts.Network;
    readonly DoorBook _book = parts.Sites.Doors;
    readonly BrowserSessions _sessions = parts.Sites.Sessions;

    public override string Name => "web";

    public override IReadOnlyList<Door> Doors => TikTokDoors.All;

    public override async Task<Video> ResolveAsync(VideoUrl url, FormatWish wish, CancellationToken cancellation)
    {
        var question = new Question(url, wish, ChooseWay());
        if (
            await AskInSessionAsync(question, cancellation).ConfigureAwait(false)
            || await AskDoorsAsync(question, cancellation).ConfigureAwait(false)
            || await AskBrowserAsync(question, cancellation).ConfigureAwait(false)
        )
            return question.Answer!;
        return question.Answer ?? throw question.Verdict();
    }

    // The next way out by which a door is open; the next one where none is.
    Uri? ChooseWay()
    {
        for (var i = 1; ; i++)
        {
            var way = _network.OnItsWay(Session.Desktop).Exit;
            if (i >= _network.Ways || _book.AnyOpen(Site, Session.NameOf(way), Doors))
                return way;
        }
    }

    async Task<bool> AskInSessionAsync(Question question, CancellationToken cancellation)
    {
        question.Session = await _sessions.FindAsync(Site, Session.NameOf(question.Way), cancellation).ConfigureAwait(false);
        return question.Session is { } session && await AskInSessionAsync(question, session, cancellation).ConfigureAwait(false);
    }

    async Task<bool> AskInSessionAsync(Question question, BrowserSession session, CancellationToken cancellation)
    {
        var way = session.Session with { Exit = question.Way };
        var reply = await AskAsync(question, TikTokDoors.Page, SessionDoor, way, cancellation).ConfigureAwait(false);
        if (reply is null)
            return false;
        _sessions.Served(session, reply.Session with { Referer = session.Session.Referer });
        question.Session = null; // it works
        return question.IsAnswered;
    }

    async Task<bool> AskDoorsAsync(Question question, CancellationToken cancellation)
    {
        foreach (var door in _book.Arrange(Site, Session.NameOf(question.Way), Doors))
        {
            await AskAsync(question, door, door.Name, door.Session with { Exit = question.Way }, cancellation).ConfigureAwait(false);
            if (question.IsAnswered)
                return true;
        }
        return false;
    }

    async Task<bool> AskBrowserAsync(Question question, CancellationToken cancellation)
    {
        if (!question.IsRefused || await TakeAsync(question, cancellation).ConfigureAwait(false) is not var (session, html))
            return false;
        if (html is null)
            return await AskInSessionAsync(question, session, cancellation).ConfigureAwait(false);
        parts.Logger.LogInformation("{Session} was taken over", session);
        _sessions.Served(session, session.Session);
        var reply = new DoorReply(HttpStatusCode.OK, question.Url.Canonical, [], html.Value, session.Session);
        return await AnswerAsync(question, SessionDoor, () => Task.FromResult((reply, Read(TikTokDoors.Page, reply, question.Url))))
                .ConfigureAwait(false)
                is not null
            && question.IsAnswered;
    }

    // A session of a browser that opened the page, and the page if it was opened for this question; null where none was let in.
    async Task<(BrowserSession Session, ReadOnlyMemory<byte>? Html)?> TakeAsync(Question question, CancellationToken cancellation)
    {
        var started = parts.Time.GetTimestamp();
        try
        {
            return await _sessions
                .TakeAsync(
                    Site,
                    Session.NameOf(question.Way),
                    question.Session,
                    question.Url.Canonical,
                    question.Way,
                    page => TikTokPage.HasData(page.Span),
                    cancellation
                )
                .ConfigureAwait(false);
        }
        catch (TrawlException e)
        {
            question.Refused(Attempted(e, SessionDoor, Session.NameOf(question.Way), started), e);
            return null;
        }
    }

    Task<DoorReply?> AskAsync(Question question, Door door, string name, Session session, CancellationToken cancellation) =>
        AnswerAsync(
            question,
            name,
            async () =>
            {
                var reply = await door.AskAsync(_network, question.Url, session, cancellation).ConfigureAwait(false);
                return (reply, Read(door, reply, question.Url));
            }
        );

    // What a door showed; null when it refused.
    async Task<DoorReply?> AnswerAsync(Question question, string door, Func<Task<(DoorReply Reply, Video Video)>> ask)
    {
        var (started, way) = (parts.Time.GetTimestamp(), Session.NameOf(question.Way));
        try
        {
            var (reply, video) = await ask().ConfigureAwait(false);
            way = reply.Way;
            Note(door, way, refusal: null);
            question.Answered(video with { Door = door, Way = way }, Rank(door));
            if (!question.IsAnswered)
                question.Add(Attempted(NothingFits, door, way, started));
            return reply;
        }
        catch (TrawlException e) when (IsOfDoor(e))
        {
            if (IsRefusal(e))
                Close(door, way, e.Kind, question.Url.Canonical.Host);
            question.Refused(Attempted(e, door, way, started), e);
            return null;
        }
        catch (TrawlException e) when (e.Kind == FailureKind.Gone && question.AsksLogin)
        {
            // the page knows it; what is shown to members only the player does not know at all
            question.Add(Attempted(e, door, way, started));
            return null;
        }
        catch (TrawlException e)
        {
            if (e.Rule.Next == NextStep.SecondOpinion)
                Note(door, way, refusal: null); // it says why it does not show the post
            throw e.With([.. question.Attempts, .. e.Attempts]).At(door, way);
        }
    }

    static readonly TrawlException NothingFits = new(FailureKind.NoSuitableFormat, "It shows no form that fits.");

    Attempt Attempted(TrawlException e, string door, string way, long started) =>
        new(Name, e.Kind, parts.Time.GetElapsedTime(started), e.Message, e.Detail) { Door = door, Way = way };

    // One door that closes leaves the others their pace; the last one that closes says that the site wants less of us.
    void Close(string door, string way, FailureKind refusal, string host)
    {
        var wereOpen = _book.AnyOpen(Site, way, Doors);
        Note(door, way, refusal);
        if (wereOpen && !_book.AnyOpen(Site, way, Doors))
            _network.Gate.SlowDown(host);
    }

    void Note(string door, string way, FailureKind? refusal)
    {
        if (door != SessionDoor)
            _book.Record(Site, way, door, refusal, parts.Time.GetUtcNow());
    }

    Video Read(Door door, DoorReply reply, VideoUrl url)
    {
        var video = door.Read(reply, url);
        return parts.Options.KeepRaw ? video with { Raw = Encoding.UTF8.GetString(door.Data(reply)) } : video;
    }

    // a browser's session shows the page
    int Rank(string door) => door == SessionDoor ? 0 : Doors.TakeWhile(d => d.Name != door).Count();

    // What says nothing of the post: another door may show it.
    static bool IsOfDoor(TrawlException e) =>
        IsRefusal(e) || e.Kind == FailureKind.WrongContent || (e.Kind == FailureKind.Unavailable && e.Detail != RequestBudget.UsedUp);

    static bool IsRefusal(TrawlException e) => DoorBook.IsRefusal(e.Kind);

    /// <summary>One post that is asked for, and what has been said of it so far.</summary>
    sealed class Question(VideoUrl url, FormatWish wish, Uri? way)
    {
        readonly List<Attempt> _attempts = [];
        Video? _answer;
        int _rank;
        TrawlException? _verdict;

        public VideoUrl Url => url;

        public Uri? Way => way;

        public IReadOnlyList<Attempt> Attempts => _attempts;

        /// <summary>The session that was refused; null where none was.</summary>
        public BrowserSession? Session { get; set; }

        /// <summary>What is known by now; null where nothing is.</summary>
        public Video? Answer => _answer is null ? null : _answer with { Attempts = [.. _attempts] };

        /// <summary>Whether that is enough: a form that fits, or photos.</summary>
        public bool IsAnswered => _answer is { } video && (video.IsPhotoPost || FormatSelector.Choose(video, wish).Count > 0);

        /// <summary>Whether somebody refused us who would let a person in.</summary>
        public bool IsRefused => _attempts.Exists(a => a.Failure is FailureKind.Challenged or FailureKind.Blocked);

        /// <summary>Whether a page wants a login before it shows the post.</summary>
        public bool AsksLogin => _attempts.Exists(a => a.Failure == FailureKind.LoginRequired);

        public void Add(Attempt attempt) => _attempts.Add(attempt);

        public void Answered(Video video, int rank)
        {
            var merged =
                _answer is null ? video
                : rank < _rank ? VideoMerge.Of(video, _answer)
                : VideoMerge.Of(_answer, video);
            _answer = merged with { Door = video.Door, Way = video.Way };
            _rank = rank;
        }

        public void Refused(Attempt attempt, TrawlException e)
        {
            _attempts.Add(attempt);
            // what the fullest door says is the better reason, unless it says nothing
            if (_verdict is null || (_verdict.Kind == FailureKind.LayoutChanged && e.Kind is FailureKind.Challenged or FailureKind.Blocked))
                _verdict = e;
        }

        public TrawlException Verdict()
        {
            var said = string.Join("; ", _attempts.Select(a => $"{a.Door}: {a.Reason}"));
            return new TrawlException(
                _verdict!.Kind,
                _attempts.Count > 1 ? $"No door of TikTok shows {url.Identity}. {said}" : _verdict.Message
            )
            {
                Detail = _verdict.Detail,
                RetryAfter = _verdict.RetryAfter,
                Attempts = [.. _attempts],
            };
        }
    }
}
