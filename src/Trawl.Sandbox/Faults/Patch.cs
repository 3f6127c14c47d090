using System.Text;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Faults;

/// <summary>
/// Other bytes in the place of some: <c>find</c> and <c>put</c> are texts, in <c>put</c> <c>\xx</c> is a byte in hexadecimal; <c>skip</c> is how
/// many bytes after what was found the others go. Where their lengths differ and nothing is skipped, the answer grows or shrinks.
/// </summary>
static class Patch
{
    public static Reply Apply(Reply reply, FaultRule rule)
    {
        if (reply.Body.Length is null || !rule.Args.TryGetValue("find", out var text))
            return reply;
        var (find, put) = (Encoding.UTF8.GetBytes(text), Bytes(rule.Args.GetValueOrDefault("put", "")));
        var skip = int.Parse(rule.Args.GetValueOrDefault("skip", "0"));
        var body = reply.Body.ToArray();
        return reply with { Body = Body.Of(skip > 0 ? Overwrite(body, find, put, skip) : Replace(body, find, put)) };
    }

    static byte[] Overwrite(byte[] body, byte[] find, byte[] put, int skip)
    {
        var at = body.AsSpan().IndexOf(find);
        if (at >= 0)
            put.CopyTo(body, at + find.Length + skip);
        return body;
    }

    static byte[] Replace(byte[] body, byte[] find, byte[] put)
    {
        var patched = new MemoryStream();
        var rest = body.AsSpan();
        for (int at; (at = rest.IndexOf(find)) >= 0; rest = rest[(at + find.Length)..])
        {
            patched.Write(rest[..at]);
            patched.Write(put);
        }
        patched.Write(rest);
        return patched.ToArray();
    }

    // \40\00 is two bytes
    static byte[] Bytes(string text)
    {
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 1, 2), 16));
                i += 2;
            }
            else
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
        }
        return [.. bytes];
    }
}
