using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Trawl.Strategies;

namespace Trawl.App.Operations;

/// <summary>The measurements of the meter <c>Trawl</c> as Prometheus reads them: counters as they are, histograms as sum and count.</summary>
sealed class MetricsText : IDisposable
{
    readonly MeterListener _listener = new();
    readonly ConcurrentDictionary<(string Name, string Labels), Series> _series = [];
    readonly ConcurrentDictionary<string, Instrument> _instruments = [];

    public MetricsText()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == TrawlMetrics.Name)
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All of them.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        foreach (var (name, instrument) in _instruments.OrderBy(i => i.Key, StringComparer.Ordinal))
        {
            var isHistogram = instrument is Histogram<double> or Histogram<long>;
            text.Append(
                CultureInfo.InvariantCulture,
                $"# HELP {name} {instrument.Description}\n# TYPE {name} {(isHistogram ? "summary" : instrument is Gauge<long> ? "gauge" : "counter")}\n"
            );
            foreach (var ((_, labels), series) in _series.Where(s => s.Key.Name == name).OrderBy(s => s.Key.Labels, StringComparer.Ordinal))
                if (isHistogram)
                    text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {series.Sum}\n{name}_count{labels} {series.Count}\n");
                else
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {series.Sum}\n");
        }
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        // trawl.attempt.duration in s is trawl_attempt_duration_seconds
        var name =
            instrument.Name.Replace('.', '_')
            + (
                instrument.Unit == "s" ? "_seconds"
                : instrument is Counter<long> ? "_total"
                : ""
            );
        _instruments.TryAdd(name, instrument);
        var labels = new StringBuilder();
        foreach (var (key, tag) in tags)
            labels
                .Append(labels.Length == 0 ? '{' : ',')
                .Append(key.Replace('.', '_'))
                .Append("=\"")
                .Append(
                    $"{tag}"
                        .Replace("\\", "\\\\", StringComparison.Ordinal)
                        .Replace("\"", "\\\"", StringComparison.Ordinal)
                        .ReplaceLineEndings(" ")
                )
                .Append('"');
        if (labels.Length > 0)
            labels.Append('}');
        var series = _series.GetOrAdd((name, labels.ToString()), _ => new Series());
        lock (series)
            (series.Sum, series.Count) = (instrument is Gauge<long> ? value : series.Sum + value, series.Count + 1);
    }

    sealed class Series
    {
        public double Sum { get; set; }

        public long Count { get; set; }
    }
}
