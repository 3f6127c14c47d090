using System.Globalization;
using System.Text;

namespace Trawl.App.Reports;

/// <summary>Writes what it can. Where nothing can be written, as to a file on a full disk, that is counted and told as soon as there is room again.</summary>
sealed class PatientWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    readonly Lock _turn = new();
    int _lost;

    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => Try(() => inner.Write(value));

    public override void Write(string? value) => Try(() => inner.Write(value));

    public override void Write(char[] buffer, int index, int count) => Try(() => inner.Write(buffer, index, count));

    public override void WriteLine(string? value) => Try(() => inner.WriteLine(value));

    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    public override void Flush() => Try(inner.Flush);

    void Try(Action write)
    {
        lock (_turn)
            try
            {
                if (_lost > 0)
                    inner.WriteLine($"({_lost} writes before this one were lost: there was no room for them)");
                _lost = 0;
                write();
            }
            catch (IOException)
            {
                _lost++;
            }
    }
}
