using System.Globalization;
using System.Reflection;

namespace Packages.Tests.MLNet;

/// <summary>Writes types and members the way the API lists do.</summary>
internal static class ApiText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void",
        [typeof(object)] = "object",
        [typeof(string)] = "string",
        [typeof(bool)] = "bool",
        [typeof(char)] = "char",
        [typeof(sbyte)] = "sbyte",
        [typeof(byte)] = "byte",
        [typeof(short)] = "short",
        [typeof(ushort)] = "ushort",
        [typeof(int)] = "int",
        [typeof(uint)] = "uint",
        [typeof(long)] = "long",
        [typeof(ulong)] = "ulong",
        [typeof(float)] = "float",
        [typeof(double)] = "double",
    };

    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The head of a type without its interfaces and remarks: modifiers, kind, name and base class.</summary>
    public static string Head(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
        {
            var invoke = type.GetMethod("Invoke")!;
            return $"public delegate {Name(invoke.ReturnType)} {Declaration(type)}({Parameters(invoke)}){Constraints(type.GetGenericArguments())};";
        }
        string modifiers = type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsInterface || type.IsValueType ? "" : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : "";
        if (type.IsValueType && !type.IsEnum)
        {
            modifiers = (type.IsByRefLike ? "ref " : "") + (type.GetCustomAttributesData().Any(a => a.AttributeType.Name == "IsReadOnlyAttribute") ? "readonly " : "");
        }

        string kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsValueType ? "struct" : "class";
        var parent = type.IsEnum ? (Enum.GetUnderlyingType(type) == typeof(int) ? null : Enum.GetUnderlyingType(type))
            : type.BaseType == typeof(object) || type.BaseType == typeof(ValueType) ? null : type.BaseType;
        return $"public {modifiers}{kind} {Declaration(type)}{(parent == null ? "" : " : " + Name(parent))}";
    }

    /// <summary>The public interfaces that a type declares itself, not those that follow from others.</summary>
    public static IEnumerable<string> Interfaces(Type type)
    {
        var all = type.GetInterfaces();
        var implied = all.SelectMany(i => i.GetInterfaces()).Concat(type.BaseType?.GetInterfaces() ?? []).ToHashSet();
        return all.Where(i => !implied.Contains(i) && i.IsVisible).Select(Name);
    }

    public static IEnumerable<string> Members(Type type)
    {
        if (type.BaseType == typeof(MulticastDelegate))
        {
            yield break;
        }

        if (type.IsEnum)
        {
            foreach (string name in Enum.GetNames(type))
            {
                yield return $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}";
            }

            yield break;
        }
        foreach (var constructor in type.GetConstructors(Declared).Where(c => IsAccessible(c) && !c.IsStatic))
        {
            yield return $"{Access(constructor)} {Simple(type)}({Parameters(constructor)});";
        }

        foreach (var field in type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily))
        {
            yield return $"{(field.IsPublic ? "public" : "protected")} {(field.IsLiteral ? "const " : field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name};";
        }

        foreach (var property in type.GetProperties(Declared))
        {
            if (Property(type, property) is { } text)
            {
                yield return text;
            }
        }
        foreach (var item in type.GetEvents(Declared).Where(e => IsAccessible(e.AddMethod!)))
        {
            yield return $"{Access(item.AddMethod!)} event {Name(item.EventHandlerType!)} {item.Name};";
        }

        foreach (var method in type.GetMethods(Declared).Where(m => IsAccessible(m) && !m.IsSpecialName))
        {
            yield return Method(type, method);
        }
    }

    private static string? Property(Type type, PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(IsAccessible).ToArray();
        if (accessors.Length == 0)
        {
            return null;
        }

        string text = string.Concat(accessors.OrderBy(a => a == property.SetMethod).Select(a => (accessors.Any(IsPublic) && !IsPublic(a) ? "protected " : "") + (a == property.GetMethod ? "get; " : "set; ")));
        var index = property.GetIndexParameters();
        string name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Parameter))}]";
        return $"{Modifiers(type, accessors[0])}{Name(property.PropertyType)} {name} {{ {text}}}";
    }

    private static string Method(Type type, MethodInfo method)
    {
        var generics = method.IsGenericMethod ? method.GetGenericArguments() : [];
        string name = method.Name + (generics.Length == 0 ? "" : $"<{string.Join(", ", generics.Select(Name))}>");
        return $"{Modifiers(type, method)}{Name(method.ReturnType)} {name}({Parameters(method)}){Constraints(generics)};";
    }

    private static string Modifiers(Type type, MethodBase method)
    {
        if (type.IsInterface)
        {
            return "";
        }

        bool overrides = method is MethodInfo info && info.GetBaseDefinition() != info;
        return Access(method) + " " + (method.IsStatic ? "static " : method.IsAbstract ? "abstract " : overrides ? (method.IsFinal ? "sealed override " : "override ")
            : method is { IsVirtual: true, IsFinal: false } ? "virtual " : "");
    }

    private static string Parameters(MethodBase method)
    {
        string self = method.IsDefined(typeof(System.Runtime.CompilerServices.ExtensionAttribute), false) ? "this " : "";
        return self + string.Join(", ", method.GetParameters().Select(Parameter));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        string kind = parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? (parameter.IsIn ? "in " : "ref ") : "";
        return $"{kind}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Value(parameter) : "")}";
    }

    private static string Value(ParameterInfo parameter) => parameter.RawDefaultValue switch
    {
        null => "null",
        bool truth => truth ? "true" : "false",
        string text => $"\"{text}\"",
        char letter => $"'{letter}'",
        float number => number.ToString(CultureInfo.InvariantCulture) + "f",
        var number when parameter.ParameterType.IsEnum => $"{Name(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, number)}",
        var number => Convert.ToString(number, CultureInfo.InvariantCulture)!,
    };

    private static string Constraints(Type[] arguments) => string.Concat(arguments.Select(argument =>
    {
        var flags = argument.GenericParameterAttributes;
        var parts = new List<string>();
        if (flags.HasFlag(GenericParameterAttributes.ReferenceTypeConstraint))
        {
            parts.Add("class");
        }

        parts.AddRange(argument.GetGenericParameterConstraints().Select(Name));
        if (flags.HasFlag(GenericParameterAttributes.DefaultConstructorConstraint))
        {
            parts.Add("new()");
        }

        return parts.Count == 0 ? "" : $" where {argument.Name} : {string.Join(", ", parts)}";
    }));

    /// <summary>The name of a type with the variance of its own parameters.</summary>
    private static string Declaration(Type type)
    {
        string name = Name(type);
        foreach (var argument in type.GetGenericArguments())
        {
            var variance = argument.GenericParameterAttributes & GenericParameterAttributes.VarianceMask;
            if (variance != 0)
            {
                name = name.Replace($"{argument.Name}", $"{(variance == GenericParameterAttributes.Covariant ? "out" : "in")} {argument.Name}", StringComparison.Ordinal);
            }
        }
        return name;
    }

    public static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }
        // The arguments of a nested type are those of the types around it, and then its own.
        var chain = new List<Type>();
        for (Type? t = type; t != null; t = t.DeclaringType)
        {
            chain.Insert(0, t);
        }

        var arguments = type.GetGenericArguments();
        int used = 0;
        return string.Join(".", chain.Select(part =>
        {
            int count = part.GetGenericArguments().Length - used;
            string own = count > 0 ? $"<{string.Join(", ", arguments.Skip(used).Take(count).Select(Name))}>" : "";
            used += Math.Max(0, count);
            return Simple(part) + own;
        }));
    }

    private static string Simple(Type type) => type.Name.Split('`')[0];

    private static string Access(MethodBase method) => IsPublic(method) ? "public" : "protected";

    private static bool IsPublic(MethodBase method) => method.IsPublic;

    private static bool IsAccessible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;
}
