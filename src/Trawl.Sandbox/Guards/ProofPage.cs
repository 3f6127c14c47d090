using Trawl.Sandbox.Guards;
using Trawl.Sandbox.Sites;

namespace Trawl.Sandbox.Guards;

/// <summary>
/// The page that wants proof of work before it shows anything. Its data stands in class names; its script looks for the number whose digest behind the
/// salt is the one asked for, says it in a cookie, and loads the page again.
/// </summary>
static class ProofPage
{
    const int HardestNumber = Waf.HardestNumber;

    /// <summary>As the site has it.</summary>
    public static string Usual(string data, string cookie) =>
        $$"""
            <html><body>Please wait...
            <p id="wci" class="{{cookie}}"></p>
            <p id="cs" class="{{data}}"></p>
            <p id="rci" class="waforiginalreid"></p>
            <p id="rs" class=""></p>
            <p id="rs_id" class="50"></p>
            <script>{{Search}}
            const of = id => document.getElementById(id).className, wish = JSON.parse(atob(of('cs')));
            answer(of('wci'), wish, find(wish, 0, {{HardestNumber}}));
            </script></body></html>
            """;

    /// <summary>As it might look after a change: other names, the data in attributes, and a script that works in slices.</summary>
    public static string Other(string data, string cookie) =>
        $$"""
            <html><head><title>Just a moment</title></head><body><div id="gate" data-q="{{data}}" data-k="{{cookie}}"></div>
            <script>{{Search}}
            const gate = document.getElementById('gate').dataset, wish = JSON.parse(atob(gate.q));
            const slice = from => {
                const n = find(wish, from, from + 99999);
                n < 0 ? setTimeout(slice, 0, from + 100000) : answer(gate.k, wish, n);
            };
            slice(0);
            </script></body></html>
            """;

    // SHA-256 of the decoded salt and the number in digits, which fit one block; its constants come from the roots of the first primes.
    const string Search = """
        const K = new Int32Array(64), H = new Int32Array(8), primes = [];
        for (let p = 2; primes.length < 64; p++) if (primes.every(q => p % q)) primes.push(p);
        const fraction = x => (x - Math.floor(x)) * 4294967296 | 0;
        primes.forEach((p, i) => { K[i] = fraction(Math.cbrt(p)); if (i < 8) H[i] = fraction(Math.sqrt(p)); });
        const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
        const turn = (x, n) => x >>> n | x << 32 - n;
        function find(wish, from, to) {
            const block = new DataView(new ArrayBuffer(64)), wanted = new DataView(bytes(wish.v.c).buffer), salt = bytes(wish.v.a), W = new Int32Array(64);
            salt.forEach((x, i) => block.setUint8(i, x));
            for (let n = from; n <= to; n++) {
                const digits = String(n), length = salt.length + digits.length;
                for (let i = 0; i < digits.length; i++) block.setUint8(salt.length + i, digits.charCodeAt(i));
                block.setUint8(length, 128);
                block.setUint32(60, length * 8);
                for (let i = 0; i < 16; i++) W[i] = block.getInt32(4 * i);
                for (let i = 16; i < 64; i++) {
                    const x = W[i - 15], y = W[i - 2];
                    W[i] = W[i - 16] + (turn(x, 7) ^ turn(x, 18) ^ x >>> 3) + W[i - 7] + (turn(y, 17) ^ turn(y, 19) ^ y >>> 10);
                }
                let a = H[0], b = H[1], c = H[2], d = H[3], e = H[4], f = H[5], g = H[6], h = H[7];
                for (let i = 0; i < 64; i++) {
                    const t = h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + (e & f ^ ~e & g) + K[i] + W[i] | 0;
                    const u = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + (a & b ^ a & c ^ b & c) | 0;
                    h = g; g = f; f = e; e = d + t | 0; d = c; c = b; b = a; a = t + u | 0;
                }
                if ((H[0] + a | 0) === wanted.getInt32(0) && (H[1] + b | 0) === wanted.getInt32(4)) return n;
            }
            return -1;
        }
        function answer(cookie, wish, number) {
            wish.d = btoa(String(number));
            document.cookie = cookie + '=' + btoa(JSON.stringify(wish)) + '; Domain=.tiktok.com; Path=/; Max-Age=1; Secure';
            location.reload();
        }
        """;
}
