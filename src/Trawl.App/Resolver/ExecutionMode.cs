namespace Trawl.App.Resolver;

/// <summary>
/// Whether a browser has a window: when that is asked for or headless is not allowed, and never where tests run, which the environment tells
/// (<c>TESTING</c> or <c>CI</c> is "true", or <c>PYTEST_CURRENT_TEST</c> is set).
/// </summary>
/// <param name="allowHeadless">Whether a browser may do without.</param>
/// <param name="environment">The environment, asked at every request.</param>
sealed class ExecutionMode(bool allowHeadless, Func<string, string?> environment)
{
    public bool IsHeadful(bool wanted) => (wanted || !allowHeadless) && !IsUnderTest;

    bool IsUnderTest => IsTrue("TESTING") || IsTrue("CI") || environment("PYTEST_CURRENT_TEST") is { Length: > 0 };

    bool IsTrue(string name) => string.Equals(environment(name), "true", StringComparison.OrdinalIgnoreCase);
}
