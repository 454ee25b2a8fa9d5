using Vae.MLNet.Report.Page;
using Vae.MLNet.Report.Plots;

namespace Vae.MLNet.Report.Tests;

/// <summary>Numbers as people read them.</summary>
public sealed class NumbersTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1234567, "1,234,567")]
    [InlineData(1.5, "1.5")]
    [InlineData(-0.123456, "-0.1235")]
    [InlineData(39.94159, "39.94")]
    [InlineData(2e12, "2e+12")]
    [InlineData(1.5e-7, "1.5e-7")]
    [InlineData(double.PositiveInfinity, "Infinity")]
    public void A_number_has_four_digits(double value, string text) => Assert.Equal(text, Numbers.Text(value));

    [Theory]
    [InlineData(16.7123, 13, "16.7")]
    [InlineData(240470.4, 100000, "240,470")]
    [InlineData(0.01234, 0.02, "0.0123")]
    [InlineData(-0.0001, 1, "0.00")]
    public void Numbers_of_a_row_have_as_many_decimals_as_tell_them_apart(double value, double range, string text) => Assert.Equal(text, Numbers.Spread(value, range));

    [Theory]
    [InlineData(0, 1, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(-103.4, -88.2, "-100 -95 -90")]
    [InlineData(0, 0.001, "0.0000 0.0002 0.0004 0.0006 0.0008 0.0010")]
    [InlineData(5, 5, "4.6 4.8 5.0 5.2 5.4")]
    [InlineData(0, 3e9, "0 1e+9 2e+9 3e+9")]
    public void Ticks_are_at_round_values(double least, double most, string ticks) => Assert.Equal(ticks, string.Join(' ', Axis.Of(least, most, 0, 100).Ticks.Select(tick => tick.Text)));

    [Fact]
    public void Epochs_have_ticks_at_whole_numbers() => Assert.Equal("1 2 3", string.Join(' ', Axis.Of(1, 3, 0, 100, 6, wholeNumbers: true).Ticks.Select(tick => tick.Text)));
}
