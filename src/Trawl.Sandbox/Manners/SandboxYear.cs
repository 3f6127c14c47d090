namespace Trawl.Sandbox.Manners;

/// <summary>The year whose manners the sites have.</summary>
public enum SandboxYear
{
    /// <summary>Every page is served to everybody, in the form of 2020.</summary>
    Of2020,

    /// <summary>Every page is served to everybody, in today's form; items name no pixels.</summary>
    Of2023,

    /// <summary>The desktop page wants proof of work first; the other sources are open; items are those of 2026 and some of 2023.</summary>
    Of2026,
}
