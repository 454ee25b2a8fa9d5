using System.Reflection;
using System.Reflection.Emit;

namespace Vae.MLNet.Tests;

/// <summary>The methods that compiled code names: what it calls, and what it makes delegates of.</summary>
internal static class CalledMethods
{
    private const byte TwoByteCode = 0xfe;

    private static readonly Dictionary<short, OpCode> s_codes =
        typeof(OpCodes).GetFields().Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    /// <summary>All methods and constructors that an assembly defines.</summary>
    public static IEnumerable<MethodBase> In(Assembly assembly)
    {
        const BindingFlags all =
            BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(all).Concat<MethodBase>(type.GetConstructors(all)));
    }

    /// <summary>What a method names; generic methods and types by their definitions.</summary>
    public static IEnumerable<MethodBase> Of(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } code)
        {
            yield break;
        }
        Type[] typeArguments = method.DeclaringType!.GetGenericArguments();
        Type[] methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : [];
        for (int at = 0; at < code.Length;)
        {
            short value = code[at] == TwoByteCode ? (short)(TwoByteCode << 8 | code[at + 1]) : code[at];
            OpCode operation = s_codes[value];
            at += operation.Size;
            if (operation.OperandType == OperandType.InlineMethod)
            {
                yield return Definition(method.Module.ResolveMethod(BitConverter.ToInt32(code, at), typeArguments, methodArguments)!);
            }
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => sizeof(byte),
                OperandType.InlineVar => sizeof(short),
                OperandType.InlineI8 or OperandType.InlineR => sizeof(long),
                OperandType.InlineSwitch => sizeof(int) * (1 + BitConverter.ToInt32(code, at)),
                _ => sizeof(int),
            };
        }
    }

    // The runtime makes the methods of arrays.
    private static MethodBase Definition(MethodBase method) =>
        method.DeclaringType is { IsArray: true } ? method : method.Module.ResolveMethod(method.MetadataToken)!;
}
