using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Answers;

/// <summary>Whether the profile is logged in.</summary>
static class SessionAnswer
{
    /// <summary>It is, or nothing speaks against it.</summary>
    public static Fields LoggedIn => new() { ["status"] = "success", ["message"] = "TikTok session established successfully" };

    /// <summary>It is not.</summary>
    /// <param name="seconds">How long the page was looked at.</param>
    public static Fields NotLoggedIn(long seconds) =>
        Error(
            "Not logged in to TikTok",
            new Fields
            {
                ["code"] = "NOT_LOGGED_IN",
                ["details"] = "User is not logged in to TikTok",
                ["method"] = "dom_api_combo",
                ["timeout"] = seconds,
            }
        );

    /// <summary>It could not be seen in time.</summary>
    public static Fields TimedOut(string details) =>
        Error("Session creation timed out", new Fields { ["code"] = "SESSION_TIMEOUT", ["details"] = details });

    /// <summary>It could not be seen.</summary>
    public static Fields Failed(string details) =>
        Error(
            "Failed to create TikTok session",
            new Fields
            {
                ["code"] = "SESSION_CREATION_FAILED",
                ["method"] = "internal_error",
                ["details"] = details,
            }
        );

    /// <summary>The status an answer goes out with.</summary>
    public static int StatusOf(Fields answer) =>
        answer.Text("status") == "success"
            ? 200
            : (answer.GetValueOrDefault("error_details") as Fields)?.Text("code")?.ToUpperInvariant() switch
            {
                "NOT_LOGGED_IN" => 409,
                "USER_DATA_LOCKED" => 423,
                "SESSION_TIMEOUT" => 504,
                _ => 500,
            };

    static Fields Error(string message, Fields details) =>
        new()
        {
            ["status"] = "error",
            ["message"] = message,
            ["error_details"] = details,
        };
}
