using TorchSharp;
using static TorchSharp.torch;

namespace Vae.MLNet.Report.Tests;

/// <summary>TorchSharp's default type and device belong to the program: whatever they are, the report is the same.</summary>
[Collection(nameof(NothingElseRuns))]
public sealed class ProcessDefaultsTests(TableModel table) : IClassFixture<TableModel>
{
    [Fact]
    public void The_report_is_the_same()
    {
        byte[] expected = Page.Of(table.Ml, table.Model, table.Data).Bytes;
        (ScalarType type, Device device) = (get_default_dtype(), get_default_device());
        try
        {
            set_default_dtype(float64);
            // Its tensors have no numbers: whatever is made there by mistake cannot be read.
            set_default_device(new Device(DeviceType.META));
            Assert.Equal(expected, Page.Of(table.Ml, table.Model, table.Data).Bytes);
        }
        finally
        {
            set_default_dtype(type);
            set_default_device(device);
        }
    }
}
