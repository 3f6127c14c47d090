using System.Text.Json;

namespace Trawl.App.Tests.Shared;

/// <summary>Checks a value against the part of JSON Schema our schemas use: type, const, enum, required, properties, items, additionalProperties, anyOf, oneOf, $ref.</summary>
public static class Schema
{
    public static IEnumerable<string> Violations(JsonElement value, JsonElement schema, JsonElement root, string at = "$")
    {
        if (schema.TryGetProperty("$ref", out var reference))
            schema = reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(root, (s, name) => s.GetProperty(name));
        if (schema.TryGetProperty("const", out var constant) && constant.ToString() != value.ToString())
            yield return $"{at} is {value}, not {constant}";
        if (
            schema.TryGetProperty("type", out var type)
            && !Types(type).Contains(Type(value))
            && !(Type(value) == "integer" && Types(type).Contains("number"))
        )
            yield return $"{at} is a {Type(value)}, not {type}";
        if (schema.TryGetProperty("enum", out var choices) && choices.EnumerateArray().All(c => c.ToString() != value.ToString()))
            yield return $"{at} is {value}, none of {choices}";
        if (schema.TryGetProperty("required", out var required) && value.ValueKind == JsonValueKind.Object)
            foreach (var name in required.EnumerateArray().Where(n => !value.TryGetProperty(n.GetString()!, out _)))
                yield return $"{at} has no {name}";
        if (schema.TryGetProperty("properties", out var properties) && value.ValueKind == JsonValueKind.Object)
            foreach (var property in properties.EnumerateObject())
                if (value.TryGetProperty(property.Name, out var member))
                    foreach (var violation in Violations(member, property.Value, root, $"{at}.{property.Name}"))
                        yield return violation;
        if (schema.TryGetProperty("items", out var items) && value.ValueKind == JsonValueKind.Array)
            foreach (var (i, item) in value.EnumerateArray().Index())
            foreach (var violation in Violations(item, items, root, $"{at}[{i}]"))
                yield return violation;
        if (
            schema.TryGetProperty("additionalProperties", out var more)
            && more.ValueKind == JsonValueKind.False
            && value.ValueKind == JsonValueKind.Object
        )
            foreach (var member in value.EnumerateObject().Where(m => !properties.TryGetProperty(m.Name, out _)))
                yield return $"{at} has {member.Name}, which is not described";
        if (schema.TryGetProperty("anyOf", out var choice) && choice.EnumerateArray().All(f => Violations(value, f, root, at).Any()))
            yield return $"{at} fits no form: {string.Join("; ", choice.EnumerateArray().Select(f => Violations(value, f, root, at).First()))}";
        if (schema.TryGetProperty("oneOf", out var forms) && forms.EnumerateArray().Count(f => !Violations(value, f, root, at).Any()) != 1)
            yield return $"{at} fits not exactly one form: {string.Join("; ", forms.EnumerateArray().Select(f => Violations(value, f, root, at).FirstOrDefault() ?? "fits"))}";
    }

    static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    static string Type(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            var kind => kind.ToString().ToLowerInvariant(),
        };
}
