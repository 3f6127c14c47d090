using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Trawl.Tests.Shared;

/// <summary>Which folders of a project use which others, by the types that its compiled code refers to.</summary>
public sealed class Arrows
{
    readonly string _root;
    readonly Dictionary<(string From, string To), SortedSet<string>> _uses = [];

    Arrows(ModuleDefinition module, string root)
    {
        _root = root;
        foreach (var type in module.GetTypes().Where(t => IsOurs(t.FullName)))
        foreach (var used in UsedBy(type))
            Note(Outermost(type), used);
    }

    /// <summary>The arrows of an assembly.</summary>
    /// <param name="file">The assembly.</param>
    /// <param name="root">The namespace of its root folder.</param>
    public static Arrows Of(string file, string root)
    {
        using var module = ModuleDefinition.ReadModule(file);
        return new(module, root);
    }

    /// <summary>The arrows that lead round in a circle, the thinnest first, each with the types it stands for.</summary>
    public IReadOnlyList<string> InCircles() =>
        [
            .. _uses
                .Where(u => Reaches(u.Key.To, u.Key.From))
                .OrderBy(u => u.Value.Count)
                .Select(u => $"{u.Key.From} -> {u.Key.To}: {string.Join(", ", u.Value)}"),
        ];

    bool Reaches(string from, string to)
    {
        var (seen, next) = (new HashSet<string> { from }, new Queue<string>([from]));
        while (next.TryDequeue(out var folder))
            foreach (var further in _uses.Keys.Where(u => u.From == folder).Select(u => u.To).Where(seen.Add))
                next.Enqueue(further);
        return seen.Contains(to);
    }

    void Note(TypeReference user, TypeReference used)
    {
        var (from, to) = (FolderOf(user), FolderOf(used));
        if (from == to)
            return;
        if (!_uses.TryGetValue((from, to), out var names))
            _uses[(from, to)] = names = new(StringComparer.Ordinal);
        names.Add(used.Name.Split('`')[0]);
    }

    // Trawl.App.Resolver.Json.Fields lies in Resolver/Json, Trawl.TrawlClient in the root
    string FolderOf(TypeReference type) => type.Namespace == _root ? "(root)" : type.Namespace[(_root.Length + 1)..].Replace('.', '/');

    bool IsOurs(string name) => name.StartsWith(_root + ".", StringComparison.Ordinal);

    static TypeReference Outermost(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
            type = outer;
        return type;
    }

    IEnumerable<TypeReference> UsedBy(TypeDefinition type) =>
        ReferencesOf(type)
            .OfType<TypeReference>()
            .SelectMany(Parts)
            .Select(Outermost)
            .Where(t => IsOurs(t.FullName) && t.Scope == type.Module);

    static IEnumerable<TypeReference?> ReferencesOf(TypeDefinition type) =>
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.CustomAttributes.Select(a => a.AttributeType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Methods.SelectMany(OfMethod),
        ];

    static IEnumerable<TypeReference?> OfMethod(MethodDefinition method) =>
        [
            method.ReturnType,
            .. method.Parameters.Select(p => p.ParameterType),
            .. method.GenericParameters.SelectMany(g => g.Constraints).Select(c => c.ConstraintType),
            .. method.HasBody ? method.Body.Variables.Select(v => v.VariableType) : [],
            .. method.HasBody ? method.Body.Instructions.SelectMany(OfInstruction) : [],
        ];

    static IEnumerable<TypeReference?> OfInstruction(Instruction instruction) =>
        instruction.Operand switch
        {
            TypeReference type => [type],
            FieldReference field => [field.DeclaringType, field.FieldType],
            GenericInstanceMethod generic => [generic.DeclaringType, generic.ReturnType, .. generic.GenericArguments],
            MethodReference method => [method.DeclaringType, method.ReturnType],
            _ => [],
        };

    // of List<Found>: List and Found
    static IEnumerable<TypeReference> Parts(TypeReference type) =>
        type switch
        {
            GenericInstanceType generic => [generic.ElementType, .. generic.GenericArguments.SelectMany(Parts)],
            TypeSpecification wrapped => Parts(wrapped.ElementType),
            _ => [type],
        };
}
