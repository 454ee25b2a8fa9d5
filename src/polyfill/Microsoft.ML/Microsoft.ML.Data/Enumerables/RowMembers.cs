using System.Linq.Expressions;
using System.Reflection;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>The fields and properties of a row class that are columns.</summary>
internal static class RowMembers
{
    public static IEnumerable<MemberInfo> Of(Type type, SchemaDefinition.Direction direction)
    {
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.GetIndexParameters().Length == 0
            && ((direction.HasFlag(SchemaDefinition.Direction.Read) && property.GetGetMethod() != null)
            || (direction.HasFlag(SchemaDefinition.Direction.Write) && property.GetSetMethod() != null)));
        return type.GetFields(BindingFlags.Public | BindingFlags.Instance).Concat<MemberInfo>(properties)
            .Where(member => TypeOf(member) != typeof(IChannel) && member.GetCustomAttribute<NoColumnAttribute>() == null);
    }

    public static Type TypeOf(MemberInfo member) => member is FieldInfo field ? field.FieldType : ((PropertyInfo)member).PropertyType;

    public static (bool IsVector, Type Item) ItemOf(MemberInfo member) => ItemOf(TypeOf(member), member.Name);

    public static (bool IsVector, Type Item) ItemOf(Type type, string name)
    {
        var item = type.IsArray ? type.GetElementType()
            : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(VBuffer<>) ? type.GetGenericArguments()[0] : type;
        bool isVector = item != type;
        if (item == typeof(string))
            item = typeof(ReadOnlyMemory<char>);
        Contracts.CheckParam(DataKinds.TypeOrNull(item) != null, nameof(type), $"Could not determine an IDataView type and registered custom types for member {name}");
        return (isVector, item);
    }

    public static Func<TRow, T> Reader<TRow, T>(MemberInfo member)
    {
        var row = Expression.Parameter(typeof(TRow));
        return Expression.Lambda<Func<TRow, T>>(Expression.MakeMemberAccess(row, member), row).Compile();
    }

    public static Action<TRow, T> Writer<TRow, T>(MemberInfo member)
    {
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Parameter(typeof(T));
        return Expression.Lambda<Action<TRow, T>>(Expression.Assign(Expression.MakeMemberAccess(row, member), value), row, value).Compile();
    }
}

/// <summary>The columns of a row class: each with its member, its type and its annotations.</summary>
internal sealed record MemberColumn(string Name, DataViewType Type, MemberInfo Member, DataViewSchema.Annotations Annotations)
{
    public static MemberColumn[] Of(Type rowType, SchemaDefinition definition) => definition.Select(column =>
    {
        MemberInfo member = rowType.GetField(column.MemberName) as MemberInfo ?? rowType.GetProperty(column.MemberName);
        Contracts.CheckParam(member != null, nameof(definition), $"No field or property with name '{column.MemberName}' found in type '{rowType.FullName}'");
        var (isVector, item) = RowMembers.ItemOf(member);
        var itemType = DataKinds.TypeOf(item);
        var type = column.ColumnType ?? (isVector ? new VectorDataViewType(itemType) : itemType);
        string name = string.IsNullOrEmpty(column.ColumnName) ? column.MemberName : column.ColumnName;
        Contracts.CheckParam(isVector == type is VectorDataViewType, nameof(definition),
            $"Column '{name}' is supposed to be {(isVector ? "scalar" : "vector")}, but type of associated field '{column.MemberName}' is {(isVector ? "vector" : "scalar")}");
        Contracts.CheckParam(type.ItemType().RawType == item, nameof(definition),
            $"Column '{name}' is supposed to have item type {type.ItemType().RawType}, but associated field has type {item}");
        return new MemberColumn(name, type, member, column.Annotations);
    }).ToArray();

    public static DataViewSchema Schema(IEnumerable<MemberColumn> columns)
    {
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(columns.Select(column => new DataViewSchema.DetachedColumn(column.Name, column.Type, column.Annotations)));
        return builder.ToSchema();
    }
}
