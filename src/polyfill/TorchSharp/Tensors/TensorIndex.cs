using TorchSharp.Native;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>What selects along one dimension: a position, a range, a tensor of positions or a mask.</summary>
    public struct TensorIndex
    {
        internal enum Kind
        {
            Colon, Ellipsis, None, Single, Slice, Tensor,
        }

        internal Kind What;
        internal long First;
        internal long? Start, Stop;
        internal Tensor? Positions;

        /// <summary>All of one dimension.</summary>
        public static TensorIndex Colon;

        /// <summary>All of as many dimensions as are not indexed otherwise.</summary>
        public static TensorIndex Ellipsis = new() { What = Kind.Ellipsis };

        /// <summary>A new dimension of size 1.</summary>
        public static TensorIndex None = new() { What = Kind.None };

        public static TensorIndex Single(long? index) => new() { What = Kind.Single, First = index!.Value };

        /// <summary>From start to before stop; a negative one counts from the end.</summary>
        public static TensorIndex Slice(long? start = null, long? stop = null, long? step = null) => new() { What = Kind.Slice, Start = start, Stop = stop, First = step ?? 1 };

        public static TensorIndex Slice(Range range) => Slice(Bound(range.Start), range.End.Equals(Index.End) ? null : Bound(range.End));

        public static TensorIndex Tensor(Tensor tensor) => new() { What = Kind.Tensor, Positions = tensor };

        public static implicit operator TensorIndex(long value) => Single(value);

        public static implicit operator TensorIndex(Range range) => Slice(range);

        private static long Bound(Index index) => index.IsFromEnd ? -index.Value : index.Value;
    }

    public partial class Tensor
    {
        private static readonly Op _index = new("index", "Tensor"), _index_put_ = new("index_put_");

        public Tensor this[params TensorIndex[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor this[params Tensor[] indices]
        {
            get => index(indices);
            set => index_put_(value, indices);
        }

        public Tensor index(params Tensor[] indices) => _index.Call(this, Arg.Optional(indices));

        public Tensor index_put_(Tensor value, params Tensor[] indices) => _index_put_.Run(this, Arg.Optional(indices), value);

        public Tensor index(params TensorIndex[] indices)
        {
            var view = View(indices, out var positions);
            if (positions is null)
            {
                return view;
            }

            using (view)
            {
                return view.index(positions!);
            }
        }

        public Tensor index_put_(Tensor value, params TensorIndex[] indices)
        {
            using var view = View(indices, out var positions);
            if (positions is null)
            {
                view.copy_(value);
            }
            else
            {
                view.index_put_(value, positions!);
            }

            return this;
        }

        /// <summary>The part that the positions and ranges select, as a view, and per dimension of it the tensor that indexes it further.</summary>
        private Tensor View(TensorIndex[] indices, out Tensor?[]? positions)
        {
            var view = alias();
            var found = new List<Tensor?>();
            var indexed = indices.Sum(i => i.What switch
            {
                TensorIndex.Kind.None or TensorIndex.Kind.Ellipsis => 0,
                // A mask indexes as many dimensions as it has.
                TensorIndex.Kind.Tensor when i.Positions!.dtype == ScalarType.Bool => (int)i.Positions.Dimensions,
                _ => 1,
            });
            foreach (var i in indices)
            {
                if (i.What == TensorIndex.Kind.Single)
                {
                    Replace(view.select(found.Count, i.First));
                }
                else if (i.What == TensorIndex.Kind.Ellipsis)
                {
                    found.AddRange(new Tensor?[Dimensions - indexed]);
                }
                else
                {
                    if (i.What == TensorIndex.Kind.None)
                    {
                        Replace(view.unsqueeze(found.Count));
                    }
                    else if (i.What == TensorIndex.Kind.Slice)
                    {
                        Replace(_slice.Call(view, found.Count, i.Start, i.Stop, i.First));
                    }

                    found.Add(i.Positions);
                }
            }
            positions = found.Exists(p => p is not null) ? [.. found] : null;
            return view;

            void Replace(Tensor next)
            {
                view.Dispose();
                view = next;
            }
        }
    }
}
