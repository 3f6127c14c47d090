namespace Trawl.App.Storage;

/// <summary>Where object storage is. Who we are there stands in the environment (<c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>) or wherever else its programs look.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Prefix">What every key begins with; empty, or ends in a slash.</param>
/// <param name="Endpoint">The service; null for Amazon's own.</param>
/// <param name="Region">The region requests are signed for.</param>
sealed record S3Options(string Bucket, string Prefix, Uri? Endpoint, string Region)
{
    /// <summary>Reads <c>s3://bucket/prefix</c>.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static S3Options Parse(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "s3", Host.Length: > 0, Query: "", UserInfo: "" }
            ? new S3Options(uri.Host, uri.AbsolutePath.Trim('/') is { Length: > 0 } prefix ? prefix + "/" : "", null, "us-east-1")
            : throw new FormatException("s3://bucket/prefix");

    /// <summary>The address of an object.</summary>
    public string AddressOf(string key) => $"s3://{Bucket}/{Prefix}{key}";

    /// <summary>The key behind an address, without the prefix; null when it is not one of ours.</summary>
    public string? KeyOf(string address) =>
        AddressOf("") is var ours && address.StartsWith(ours, StringComparison.Ordinal) ? address[ours.Length..] : null;
}
