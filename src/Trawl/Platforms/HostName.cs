namespace Trawl.Platforms;

/// <summary>The host of an address as name servers know it.</summary>
static class HostName
{
    /// <summary>In ASCII; empty for what no host can be called.</summary>
    public static string Of(Uri address)
    {
        try
        {
            return address.IdnHost;
        }
        catch (UriFormatException)
        {
            return ""; // too long, or of letters that are in no name
        }
    }
}
