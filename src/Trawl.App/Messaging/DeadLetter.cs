using System.Globalization;
using System.Text;
using RabbitMQ.Client;

namespace Trawl.App.Messaging;

/// <summary>The properties of a message among the dead letters, as the pipeline has them.</summary>
static class DeadLetter
{
    const int LongestReason = 500;
    const string Retries = "x-retry-count";

    /// <summary>The properties of a message that could not be used.</summary>
    /// <param name="message">The message.</param>
    /// <param name="kind">What is wrong, as one word.</param>
    /// <param name="reason">What is wrong, for people.</param>
    public static BasicProperties Of(Incoming message, string kind, string reason) =>
        new()
        {
            DeliveryMode = DeliveryModes.Persistent,
            CorrelationId = message.CorrelationId,
            Headers = new Dictionary<string, object?>
            {
                ["x-original-topic"] = message.Topic,
                ["x-failure-reason"] = reason.Length <= LongestReason ? reason : reason[..LongestReason],
                ["x-error-type"] = kind,
                [Retries] = message.Retries,
                ["x-is-retryable"] = "False",
            },
        };

    /// <summary>How often a message was tried before it came; 0 where that is not said in a way we know.</summary>
    public static int RetriesOf(IReadOnlyBasicProperties properties) =>
        properties.Headers is { } headers && headers.TryGetValue(Retries, out var count)
            ? count switch
            {
                int number => Math.Max(0, number),
                long number => (int)Math.Clamp(number, 0, int.MaxValue),
                short number => Math.Max((short)0, number),
                byte number => number,
                byte[] text when int.TryParse(Encoding.ASCII.GetString(text), CultureInfo.InvariantCulture, out var number) => Math.Max(
                    0,
                    number
                ),
                _ => 0,
            }
            : 0;
}
