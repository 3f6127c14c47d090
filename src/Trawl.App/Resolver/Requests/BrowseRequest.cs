namespace Trawl.App.Resolver.Requests;

/// <summary>A request to browse by hand.</summary>
/// <param name="Address">Where to begin; null for an empty page.</param>
/// <param name="Engine">camoufox or chromium.</param>
sealed record BrowseRequest(WebAddress? Address, string Engine)
{
    /// <summary>Reads one.</summary>
    /// <exception cref="InvalidRequestException"/>
    public static BrowseRequest Read(object? body)
    {
        var model = new Model(body);
        var address = model.Optional("url", null, Coerce.PageAddress);
        var engine = model.Optional("engine", "camoufox", Coerce.OneOf("camoufox", "chromium"));
        model.Finish();
        return new BrowseRequest(address, engine);
    }
}
