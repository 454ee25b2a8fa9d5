using System.Collections;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Modules by position. What it holds when its owner registers it is registered under "0", "1", ...</summary>
        public class ModuleList<T> : nn.Module, IList<T> where T : nn.Module
        {
            private readonly List<T> _items;
            private bool _registered;

            public ModuleList(params T[] modules) : base("ModuleList") => _items = [.. modules];

            protected override void RegisterComponents()
            {
                if (_registered)
                {
                    return;
                }

                for (var i = 0; i < _items.Count; i++)
                {
                    register_module($"{i}", _items[i]);
                }

                _registered = true;
            }

            public T this[int index]
            {
                get => _items[index];
                set => _items[index] = value;
            }

            public int Count => _items.Count;
            public bool IsReadOnly => false;
            public void Add(T item) => _items.Add(item);
            public void Insert(int index, T item) => _items.Insert(index, item);
            public bool Remove(T item) => _items.Remove(item);
            public void RemoveAt(int index) => _items.RemoveAt(index);
            public void Clear() => _items.Clear();
            public bool Contains(T item) => _items.Contains(item);
            public int IndexOf(T item) => _items.IndexOf(item);
            public void CopyTo(T[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);
            public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();
            IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.ModuleList<T> ModuleList<T>(params T[] modules) where T : Module => new(modules);
        }
    }
}
