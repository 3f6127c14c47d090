using Microsoft.AspNetCore.Http;

namespace Trawl.App.Resolver.Doors;

/// <summary>What pages of other origins may read: everything, as clients are used to. Whether a page may <em>act</em> the <see cref="Doorkeeper"/> decides.</summary>
static class Cors
{
    const string Methods = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT";

    /// <summary>Answers a preflight question; false when the request is none.</summary>
    public static bool Answers(HttpContext context, out int status, out string body)
    {
        var (asked, given) = (context.Request.Headers, context.Response.Headers);
        (status, body) = (200, "OK");
        if (asked.Origin.Count == 0 || context.Request.Method != "OPTIONS" || asked.AccessControlRequestMethod.Count == 0)
            return false;
        given.AccessControlAllowOrigin = asked.Origin;
        given.AccessControlAllowCredentials = "true";
        given.AccessControlAllowMethods = Methods;
        given.AccessControlMaxAge = "600";
        given.Vary = "Origin";
        if (asked.AccessControlRequestHeaders.Count > 0)
            given.AccessControlAllowHeaders = asked.AccessControlRequestHeaders;
        if (!Methods.Split(", ").Contains(asked.AccessControlRequestMethod.ToString()))
            (status, body) = (400, "Disallowed CORS method");
        return true;
    }

    /// <summary>Lets the page that asks read the answer.</summary>
    public static void Allow(HttpContext context)
    {
        var (asked, given) = (context.Request.Headers, context.Response.Headers);
        if (asked.Origin.Count == 0)
            return;
        given.AccessControlAllowCredentials = "true";
        given.AccessControlAllowOrigin = "*";
        if (asked.Cookie.Count == 0)
            return;
        given.AccessControlAllowOrigin = asked.Origin;
        given.Vary = "Origin";
    }
}
