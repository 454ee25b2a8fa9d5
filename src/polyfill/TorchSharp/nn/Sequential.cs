using TorchSharp.Modules;
using static TorchSharp.torch;

namespace TorchSharp
{
    namespace Modules
    {
        /// <summary>Modules one after the other, named by their position unless named otherwise.</summary>
        public class Sequential : nn.Module<Tensor, Tensor>
        {
            private readonly List<nn.IModule<Tensor, Tensor>> _chain = [];

            internal Sequential() : base(nameof(Sequential))
            {
            }

            public int Count => _chain.Count;

            public nn.IModule<Tensor, Tensor> this[int index] => _chain[index];

            public Sequential append(nn.IModule<Tensor, Tensor> module) => append($"{_chain.Count}", module);

            public Sequential append(string name, nn.IModule<Tensor, Tensor> module)
            {
                register_module(name, (nn.Module)module);
                _chain.Add(module);
                return this;
            }

            public override Tensor forward(Tensor tensor)
            {
                if (_chain.Count == 0)
                {
                    return tensor.alias();
                }

                var result = _chain[0].call(tensor);
                for (var i = 1; i < _chain.Count; i++)
                {
                    // What is only between two modules need not wait for its scope; autograd keeps what it needs itself.
                    using var before = result;
                    result = _chain[i].call(before);
                }
                return result;
            }
        }
    }

    public static partial class torch
    {
        public static partial class nn
        {
            public static Sequential Sequential() => new();

            public static Sequential Sequential(params Module<Tensor, Tensor>[] modules) => Sequential((IEnumerable<Module<Tensor, Tensor>>)modules);

            public static Sequential Sequential(IEnumerable<Module<Tensor, Tensor>> modules) => modules.Aggregate(new Sequential(), (chain, module) => chain.append(module));

            public static Sequential Sequential(params (string name, Module<Tensor, Tensor> submodule)[] modules) => Sequential((IEnumerable<(string name, Module<Tensor, Tensor> submodule)>)modules);

            public static Sequential Sequential(IEnumerable<(string name, Module<Tensor, Tensor> submodule)> modules) => modules.Aggregate(new Sequential(), (chain, module) => chain.append(module.name, module.submodule));
        }
    }
}
