using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using TorchSharp;
using Xunit;

namespace Packages.Tests.TorchSharpContract;

/// <summary>The stand-in has no public member that TorchSharp lacks, and none with another signature.</summary>
public sealed class SurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [SkippableFact]
    public void Every_public_member_of_the_stand_in_is_one_of_TorchSharp()
    {
        var assembly = typeof(torch).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        Skip.IfNot(version.Contains("polyfill", StringComparison.Ordinal), $"TorchSharp {version} is the real one.");
        var list = ApiList.Find("TorchSharp.txt");
        Skip.If(list is null, "The list of TorchSharp's members is not beside this clone.");

        var known = Read(list!);
        var unknown = new List<string>();
        foreach (var type in assembly.GetTypes().Where(IsVisible))
        {
            if (!known.TryGetValue(Signature.Of(type), out var members))
            {
                unknown.Add(Signature.Of(type));
                continue;
            }
            unknown.AddRange(Signature.Members(type).Where(member => !members.Contains(member)).Select(member => $"{Signature.Of(type)}: {member}"));
        }
        Assert.True(unknown.Count == 0, string.Join(Environment.NewLine, unknown));
    }

    private static bool IsVisible(Type type) =>
        (type.IsPublic || ((type.IsNestedPublic || type.IsNestedFamily || type.IsNestedFamORAssem) && IsVisible(type.DeclaringType!))) && type.GetCustomAttribute<CompilerGeneratedAttribute>() is null;

    private static Dictionary<string, HashSet<string>> Read(string path)
    {
        var known = new Dictionary<string, HashSet<string>>();
        HashSet<string> members = [];
        foreach (var line in File.ReadLines(path))
        {
            if (!line.StartsWith(' '))
            {
                known[line] = members = [];
            }
            else
            {
                members.Add(Plain(line.Trim()));
            }
        }
        return known;
    }

    /// <summary>A line of the list without what reflection does not say (which reference is nullable) or what does not change a call.</summary>
    private static string Plain(string line)
    {
        line = Regex.Replace(line, @"\b(virtual|abstract|override|sealed|readonly) ", "");
        line = Regex.Replace(line, @" where \w+ : .*$", "");
        line = Regex.Replace(line, @"(?<!\b(?:long|int|double|float|bool|TorchSharp\.torch\.ScalarType)|\))\?", "");
        return Regex.Replace(line, @"\bT\?", "T");
    }

    private static class Signature
    {
        private static readonly Dictionary<Type, string> Keywords = new()
        {
            [typeof(void)] = "void",
            [typeof(bool)] = "bool",
            [typeof(byte)] = "byte",
            [typeof(sbyte)] = "sbyte",
            [typeof(short)] = "short",
            [typeof(int)] = "int",
            [typeof(long)] = "long",
            [typeof(ulong)] = "ulong",
            [typeof(float)] = "float",
            [typeof(double)] = "double",
            [typeof(string)] = "string",
            [typeof(object)] = "object",
        };

        private static readonly Dictionary<string, string> Operators = new()
        {
            ["op_Addition"] = "+",
            ["op_Subtraction"] = "-",
            ["op_Multiply"] = "*",
            ["op_Division"] = "/",
            ["op_UnaryNegation"] = "-",
            ["op_Equality"] = "==",
            ["op_Inequality"] = "!=",
            ["op_LessThan"] = "<",
            ["op_GreaterThan"] = ">",
            ["op_LessThanOrEqual"] = "<=",
            ["op_GreaterThanOrEqual"] = ">=",
            ["op_BitwiseAnd"] = "&",
            ["op_BitwiseOr"] = "|",
            ["op_OnesComplement"] = "~",
        };

        internal static IEnumerable<string> Members(Type type)
        {
            foreach (var field in type.GetFields(Declared).Where(f => (f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly) && !f.IsSpecialName))
            {
                if (type.IsEnum)
                {
                    yield return $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}";
                }
                else
                {
                    yield return $"{Access(field.IsPublic, field.IsStatic)}{Of(field.FieldType)} {field.Name}";
                }
            }
            if (type.IsEnum)
            {
                yield break;
            }

            foreach (var constructor in type.GetConstructors(Declared).Where(IsSeen))
            {
                yield return $"{Access(constructor.IsPublic, false)}{Regex.Replace(type.Name, @"`\d+$", "")}({Parameters(constructor)})";
            }

            foreach (var property in type.GetProperties(Declared))
            {
                var accessors = property.GetAccessors(nonPublic: true).Where(IsSeen).Where(a => a.GetBaseDefinition() == a).ToList();
                if (accessors.Count == 0)
                {
                    continue;
                }

                var name = property.GetIndexParameters().Length == 0 ? property.Name : $"this[{string.Join(", ", property.GetIndexParameters().Select(Parameter))}]";
                var both = (property.GetMethod is { } g && accessors.Contains(g) ? "get; " : "") + (property.SetMethod is { } s && accessors.Contains(s) ? "set; " : "");
                yield return $"{Access(accessors[0].IsPublic, accessors[0].IsStatic)}{Of(property.PropertyType, property)} {name} {{ {both}}}";
            }
            foreach (var method in type.GetMethods(Declared).Where(IsSeen).Where(m => !m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)))
            {
                if (method.GetBaseDefinition() != method || method.Name == "<Clone>$")
                {
                    continue;
                }

                if (method.Name == "Finalize")
                {
                    continue;
                }

                var arguments = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : "";
                var result = Of(method.ReturnType, method.ReturnParameter);
                var what = method.Name == "op_Implicit" ? $"implicit operator {result}" : Operators.TryGetValue(method.Name, out var sign) ? $"{result} operator {sign}" : $"{result} {method.Name}{arguments}";
                yield return $"{Access(method.IsPublic, method.IsStatic)}{what}({Parameters(method)})";
            }
        }

        private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

        private static string Access(bool isPublic, bool isStatic) => (isPublic ? "public " : "protected ") + (isStatic ? "static " : "");

        private static string Parameters(MethodBase method) =>
            (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

        private static string Parameter(ParameterInfo parameter)
        {
            var text = $"{(parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")}{Of(parameter.ParameterType, parameter)} {parameter.Name}";
            return parameter.HasDefaultValue ? $"{text} = {Default(parameter)}" : text;
        }

        private static string Default(ParameterInfo parameter) => parameter.RawDefaultValue switch
        {
            null => parameter.ParameterType.IsValueType ? "default" : "null",
            bool value => value ? "true" : "false",
            float value => value.ToString("R", CultureInfo.InvariantCulture) + "f",
            double value => value.ToString("R", CultureInfo.InvariantCulture) is var digits && digits.Any(c => c is '.' or 'E') ? digits : digits + ".0",
            var value when parameter.ParameterType.IsEnum => $"{Of(parameter.ParameterType)}.{Enum.ToObject(parameter.ParameterType, value)}",
            var value => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

        internal static string Of(Type type, ICustomAttributeProvider? names = null)
        {
            var given = names?.GetCustomAttributes(typeof(TupleElementNamesAttribute), false).Cast<TupleElementNamesAttribute>().FirstOrDefault()?.TransformNames;
            return Of(type, new Queue<string?>(given ?? []));
        }

        private static string Of(Type type, Queue<string?> names)
        {
            if (Keywords.TryGetValue(type, out var keyword))
            {
                return keyword;
            }

            if (type.IsGenericParameter)
            {
                return type.Name;
            }

            if (type.IsArray)
            {
                return $"{Of(type.GetElementType()!, names)}[{new string(',', type.GetArrayRank() - 1)}]";
            }

            if (Nullable.GetUnderlyingType(type) is { } value)
            {
                return Of(value, names) + "?";
            }

            var arguments = type.GetGenericArguments();
            if (type is { IsGenericType: true, Namespace: "System" } && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            {
                var own = arguments.Select(_ => names.TryDequeue(out var name) ? name : null).ToArray();
                return $"({string.Join(", ", arguments.Select((a, i) => Of(a, names) + (own[i] is null ? "" : " " + own[i])))})";
            }
            var owner = type.DeclaringType is { } outer ? Of(outer, names) : type.Namespace;
            var inherited = type.DeclaringType?.GetGenericArguments().Length ?? 0;
            var simple = Regex.Replace(type.Name, @"`\d+$", "");
            return arguments.Length > inherited ? $"{owner}.{simple}<{string.Join(", ", arguments.Skip(inherited).Select(a => Of(a, names)))}>" : $"{owner}.{simple}";
        }
    }
}
