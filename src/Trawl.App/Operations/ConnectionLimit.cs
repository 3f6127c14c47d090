using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Trawl.App.Operations;

/// <summary>Bounds the connections of a server: one too many is answered with 503 at once and closed, so that those who are served go on being served.</summary>
/// <param name="most">How many at a time.</param>
sealed class ConnectionLimit(int most)
{
    static readonly byte[] Refusal = Encoding.ASCII.GetBytes(
        "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );

    int _open;

    /// <summary>The server's own handling of a connection, behind the limit.</summary>
    public ConnectionDelegate Around(ConnectionDelegate serve) =>
        async connection =>
        {
            try
            {
                if (Interlocked.Increment(ref _open) <= most)
                    await serve(connection);
                else
                    await connection.Transport.Output.WriteAsync(Refusal);
            }
            finally
            {
                Interlocked.Decrement(ref _open);
            }
        };
}
