using System.Security.Cryptography;
using System.Text;
using Trawl.Sandbox.Proxy;

namespace Trawl.Sandbox.Sites;

/// <summary>
/// The player of the sandbox's YouTube: its script unlocks the signature of a media address and turns the parameter <c>n</c>, as the real one does and as
/// clients of today run it; media are sent only to addresses that went through it, or that were plain from the start.
/// </summary>
sealed class YouTubePlayer
{
    const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    const int Junk = 3;
    const int Swapped = 7;

    readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Where its script is.</summary>
    public const string Path = "/s/player/5a4db0c6/player_es6.vflset/en_US/base.js";

    /// <summary>What tells players apart in questions.</summary>
    public const int Timestamp = 20650;

    /// <summary>The script.</summary>
    public static Reply Script { get; } =
        new Reply(
            200,
            Body.Of(
                $$$"""
                var _yt_player={};(function(g){var window=this;'use strict';
                var config={signatureTimestamp:{{{Timestamp}}}};
                var letters='{{{Alphabet}}}';
                function Address(base){this.base=base;this.fields={}}
                Address.prototype.get=function(name){return this.fields[name]||null};
                Address.prototype.set=function(name,value){this.fields[name]=value};
                Address.prototype.settle=function(){var n=this.fields.n;if(n)this.fields.n=turn(n)};
                function turn(n){var out='';for(var i=0;i<n.length;i++)out+=letters[(letters.indexOf(n[i])+3*i+7)%64];return out}
                function unlock(s){var a=s.split('').reverse(),first=a[0];a[0]=a[{{{Swapped}}}];a[{{{Swapped}}}]=first;a.splice(0,{{{Junk}}});return a.join('')}
                function open(base,name,value){var address=new Address(base);address.set("alr","yes");if(value){var opened=unlock(decodeURIComponent(value));address.fields[name]=encodeURIComponent(opened)}return address}
                g.open=open;g.config=config;
                })(_yt_player);

                """
            )
        ).With("Content-Type", "text/javascript; charset=utf-8");

    /// <summary>What a form needs besides its address: <c>signatureCipher</c>, to be unlocked by the script.</summary>
    public string Cipher(string address, string id, int tag) =>
        $"s={Uri.EscapeDataString(Locked(Signature(id, tag)))}&sp=sig&url={Uri.EscapeDataString($"{address}&n={Challenge(id, tag)}")}";

    /// <summary>The query that lets an address be used as it is, for clients that run no script.</summary>
    public string Plain(string id, int tag) => $"&sig={Signature(id, tag)}";

    /// <summary>Whether an address may be used.</summary>
    public bool Admits(Request request)
    {
        var (id, tag) = (request.Parameter("id"), request.Parameter("itag"));
        return int.TryParse(tag, out var number)
            && request.Parameter("sig") == Signature(id, number)
            && (request.Parameter("n") is not { Length: > 0 } n || n == Turned(Challenge(id, number)));
    }

    string Signature(string id, int tag) => Letters($"sig {id} {tag}", 40);

    string Challenge(string id, int tag) => Letters($"n {id} {tag}", 16);

    string Letters(string text, int count) =>
        string.Concat(HMACSHA512.HashData(_key, Encoding.UTF8.GetBytes(text)).Take(count).Select(b => Alphabet[b % Alphabet.Length]));

    // what the script undoes
    static string Locked(string signature)
    {
        var letters = (Alphabet[..Junk] + signature).ToCharArray();
        (letters[0], letters[Swapped]) = (letters[Swapped], letters[0]);
        Array.Reverse(letters);
        return new string(letters);
    }

    static string Turned(string n) =>
        string.Concat(
            n.Select((letter, i) => Alphabet[(Alphabet.IndexOf(letter, StringComparison.Ordinal) + (3 * i) + 7) % Alphabet.Length])
        );
}
