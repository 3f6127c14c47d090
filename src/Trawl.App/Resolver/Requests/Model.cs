using Trawl.App.Resolver.Json;

namespace Trawl.App.Resolver.Requests;

/// <summary>Reads one field's value; what is wrong with it is added to the faults.</summary>
delegate T Coercion<T>(object? value, IReadOnlyList<object> place, List<Fault> faults);

/// <summary>The fields of a request's body, taken one after the other; all that is wrong is told at once, in the order of the fields.</summary>
sealed class Model
{
    readonly Fields _body;
    readonly List<Fault> _faults = [];
    readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Begins to read.</summary>
    /// <exception cref="InvalidRequestException">The body is no object.</exception>
    public Model(object? body) =>
        _body =
            body as Fields
            ?? throw new InvalidRequestException([
                body is null
                    ? new Fault("missing", [], "Field required", null)
                    : new Fault("model_attributes_type", [], "Input should be a valid dictionary or object to extract fields from", body),
            ]);

    public T? Required<T>(string name, Coercion<T> coercion)
    {
        if (_body.ContainsKey(name))
            return Optional(name, default(T), coercion!);
        _known.Add(name);
        _faults.Add(new Fault("missing", [name], "Field required", _body));
        return default;
    }

    public T Optional<T>(string name, T otherwise, Coercion<T> coercion)
    {
        _known.Add(name);
        return _body.TryGetValue(name, out var value) ? coercion(value, [name], _faults) : otherwise;
    }

    /// <summary>Ends reading: there must be no other fields, and the rules hold that concern several; of those only the first broken one is told.</summary>
    /// <param name="rules">Rules in order: what is told when one is broken, else null.</param>
    /// <exception cref="InvalidRequestException">With all faults.</exception>
    public void Finish(params IEnumerable<Func<string?>> rules)
    {
        foreach (var (name, value) in _body)
            if (!_known.Contains(name))
                _faults.Add(new Fault("extra_forbidden", [name], "Extra inputs are not permitted", value));
        if (_faults.Count == 0 && rules.Select(rule => rule()).FirstOrDefault(broken => broken is not null) is { } broken)
            _faults.Add(new Fault("value_error", [], $"Value error, {broken}", _body, new Fields { ["error"] = broken }));
        if (_faults.Count > 0)
            throw new InvalidRequestException(_faults);
    }
}
