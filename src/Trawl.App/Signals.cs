using System.Runtime.InteropServices;

namespace Trawl.App;

/// <summary>Turns Ctrl-C and SIGTERM into a cancellation and the exit code the shell expects.</summary>
sealed class Signals : IDisposable
{
    readonly CancellationTokenSource _stop = new();
    readonly PosixSignalRegistration[] _registrations;

    public Signals() => _registrations = [On(PosixSignal.SIGINT, 130), On(PosixSignal.SIGTERM, 143)];

    public CancellationToken Token => _stop.Token;

    /// <summary>130 or 143 after a signal, null before.</summary>
    public int? ExitCode { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
    }

    PosixSignalRegistration On(PosixSignal signal, int code) =>
        PosixSignalRegistration.Create(
            signal,
            context =>
            {
                context.Cancel = ExitCode is null; // a second signal ends the process at once
                ExitCode = code;
                _stop.Cancel();
            }
        );
}
