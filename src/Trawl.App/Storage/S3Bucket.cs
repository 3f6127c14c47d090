using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Trawl.Failures;

namespace Trawl.App.Storage;

/// <summary>What is known of an object without reading it.</summary>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Their hash, as whoever wrote it said.</param>
sealed record S3Object(long Size, string? Sha256);

/// <summary>
/// A bucket of object storage. An object is there whole or not at all: small ones are put at once, large ones in parts that count only when all have
/// arrived. Every part is signed together with its hash, so that what arrives is what was sent.
/// </summary>
sealed class S3Bucket : IDisposable
{
    const string HashName = "sha256";

    readonly S3Options _options;
    readonly int _partSize;
    readonly AmazonS3Client _client;

    /// <summary>Describes a bucket. Nothing is asked yet.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="who">Who we are there; null for what the environment says.</param>
    /// <param name="partSize">The size of a part, in bytes; files that are not larger go at once.</param>
    public S3Bucket(S3Options options, AWSCredentials? who = null, int partSize = 16 << 20)
    {
        (_options, _partSize) = (options, partSize);
        var config = new AmazonS3Config
        {
            AuthenticationRegion = options.Region,
            ForcePathStyle = true,
            MaxErrorRetry = 4,
            Timeout = TimeSpan.FromMinutes(5),
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (options.Endpoint is { } endpoint)
            config.ServiceURL = endpoint.AbsoluteUri;
        else
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        _client = who is null ? new AmazonS3Client(config) : new AmazonS3Client(who, config);
    }

    /// <summary>Writes an object from a file.</summary>
    /// <param name="key">Its key, without the prefix.</param>
    /// <param name="file">The file.</param>
    /// <param name="sha256">Its hash in lower-case hexadecimal, kept with the object; null for none.</param>
    /// <param name="cancellation">Ends it; then there is no object.</param>
    public Task PutAsync(string key, string file, string? sha256, CancellationToken cancellation) =>
        SayAsync(
            async () =>
            {
                if (new FileInfo(file).Length > _partSize)
                    await PutInPartsAsync(key, file, sha256, cancellation);
                else
                    await PutWholeAsync(key, new PutObjectRequest { FilePath = file }, sha256, cancellation);
                return true;
            },
            key
        );

    /// <summary>Writes a small object.</summary>
    public Task PutAsync(string key, byte[] content, CancellationToken cancellation) =>
        SayAsync(
            async () =>
            {
                using var stream = new MemoryStream(content);
                await PutWholeAsync(key, new PutObjectRequest { InputStream = stream }, sha256: null, cancellation);
                return true;
            },
            key
        );

    /// <summary>What is known of an object; null when there is none.</summary>
    public Task<S3Object?> LookAsync(string key, CancellationToken cancellation) =>
        SayAsync<S3Object?>(
            async () =>
            {
                var meta = await _client.GetObjectMetadataAsync(_options.Bucket, _options.Prefix + key, cancellation);
                return new S3Object(meta.ContentLength, meta.Metadata[HashName]);
            },
            key
        );

    /// <summary>Reads a small object; null when there is none.</summary>
    public Task<byte[]?> ReadAsync(string key, CancellationToken cancellation) =>
        SayAsync<byte[]?>(
            async () =>
            {
                using var answer = await _client.GetObjectAsync(_options.Bucket, _options.Prefix + key, cancellation);
                using var content = new MemoryStream();
                await answer.ResponseStream.CopyToAsync(content, cancellation);
                return content.ToArray();
            },
            key
        );

    /// <summary>Reads an object and reckons its SHA-256; null when there is none.</summary>
    public Task<string?> HashAsync(string key, CancellationToken cancellation) =>
        SayAsync<string?>(
            async () =>
            {
                using var answer = await _client.GetObjectAsync(_options.Bucket, _options.Prefix + key, cancellation);
                return Convert.ToHexStringLower(await SHA256.HashDataAsync(answer.ResponseStream, cancellation));
            },
            key
        );

    /// <summary>Gives up uploads that were begun long ago and never ended; what they hold is paid for and never seen.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> AbortStaleAsync(DateTime before, CancellationToken cancellation) =>
        SayAsync(
            async () =>
            {
                var stale = 0;
                var request = new ListMultipartUploadsRequest { BucketName = _options.Bucket, Prefix = _options.Prefix };
                while (true)
                {
                    var page = await _client.ListMultipartUploadsAsync(request, cancellation);
                    foreach (var upload in (page.MultipartUploads ?? []).Where(u => u.Initiated < before))
                    {
                        await _client.AbortMultipartUploadAsync(_options.Bucket, upload.Key, upload.UploadId, cancellation);
                        stale++;
                    }
                    if (page.IsTruncated != true)
                        return stale;
                    (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
                }
            },
            ""
        );

    public void Dispose() => _client.Dispose();

    async Task PutWholeAsync(string key, PutObjectRequest request, string? sha256, CancellationToken cancellation)
    {
        (request.BucketName, request.Key, request.UseChunkEncoding) = (_options.Bucket, _options.Prefix + key, false);
        if (sha256 is not null)
            request.Metadata[HashName] = sha256;
        await _client.PutObjectAsync(request, cancellation);
    }

    async Task PutInPartsAsync(string key, string file, string? sha256, CancellationToken cancellation)
    {
        var (bucket, whole, size) = (_options.Bucket, _options.Prefix + key, new FileInfo(file).Length);
        var begin = new InitiateMultipartUploadRequest { BucketName = bucket, Key = whole };
        if (sha256 is not null)
            begin.Metadata[HashName] = sha256;
        var upload = (await _client.InitiateMultipartUploadAsync(begin, cancellation)).UploadId;
        try
        {
            var parts = new List<PartETag>();
            for (var (number, at) = (1, 0L); at < size; number++, at += _partSize)
            {
                var part = await _client.UploadPartAsync(
                    new UploadPartRequest
                    {
                        BucketName = bucket,
                        Key = whole,
                        UploadId = upload,
                        PartNumber = number,
                        FilePath = file,
                        FilePosition = at,
                        PartSize = Math.Min(_partSize, size - at),
                        UseChunkEncoding = false,
                    },
                    cancellation
                );
                parts.Add(new PartETag(number, part.ETag));
            }
            await CompleteAsync(whole, upload, parts, size, sha256, cancellation);
        }
        catch
        {
            await AbortAsync(whole, upload);
            throw;
        }
    }

    // the answer may be lost on its way: then the upload is gone and the object is there
    async Task CompleteAsync(string key, string upload, List<PartETag> parts, long size, string? sha256, CancellationToken cancellation)
    {
        try
        {
            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = _options.Bucket,
                    Key = key,
                    UploadId = upload,
                    PartETags = parts,
                },
                cancellation
            );
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            var there = await _client.GetObjectMetadataAsync(_options.Bucket, key, cancellation);
            if (there.ContentLength != size || there.Metadata[HashName] != sha256)
                throw;
        }
    }

    async Task AbortAsync(string key, string upload)
    {
        try
        {
            await _client.AbortMultipartUploadAsync(_options.Bucket, key, upload, CancellationToken.None);
        }
        catch (Exception e) when (e is AmazonServiceException or AmazonClientException or HttpRequestException)
        {
            // it is stale by tomorrow, and given up then
        }
    }

    async Task<T?> SayAsync<T>(Func<Task<T>> say, string key)
    {
        try
        {
            return await say();
        }
        catch (AmazonS3Exception e) when (e is { StatusCode: HttpStatusCode.NotFound, ErrorCode: not "NoSuchBucket" })
        {
            return default;
        }
        catch (Exception e)
            when (e is AmazonServiceException or AmazonClientException or HttpRequestException or IOException or WebException)
        {
            throw Known(e, key);
        }
    }

    TrawlException Known(Exception e, string key)
    {
        var status = (int?)(e as AmazonServiceException)?.StatusCode ?? 0;
        var at = string.Create(CultureInfo.InvariantCulture, $"{_options.AddressOf(key)}: {e.Message}");
        return status is >= 400 and < 500 and not 408 and not 409 and not 429
            ? new TrawlException(FailureKind.StorageDenied, $"Object storage refuses {at}", e)
            : new TrawlException(FailureKind.ServiceUnavailable, $"Object storage does not answer for {at}", e);
    }
}
