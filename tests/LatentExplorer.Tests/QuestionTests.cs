using System.Net;
using System.Text.Json;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>What the page can ask of a model of images.</summary>
public sealed class QuestionTests(ShapePage shapes) : IClassFixture<ShapePage>
{
    private const int Dimensions = 8;
    private const int Rows = 200;
    private const int Pixels = 784;

    private RunningPage Page => shapes.Page;

    [Fact]
    public async Task The_model_is_described_with_those_dimensions_first_that_say_most()
    {
        JsonElement model = await Page.Get("model");

        Assert.Equal(Dimensions, model.GetProperty("latentDimension").GetInt32());
        Assert.Equal(28, model.GetProperty("image").GetProperty("width").GetInt32());
        Assert.Equal(Rows, model.GetProperty("rowCount").GetInt32());
        Assert.Equal(Rows * Dimensions, model.GetProperty("latents").GetArrayLength());
        Assert.Equal(["cross", "disc", "ring", "square", "triangle"], model.GetProperty("groups").GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        double[] kl = [.. model.GetProperty("dimensions").EnumerateArray().Select(dimension => dimension.GetProperty("kl").GetDouble())];
        Assert.Equal(Dimensions, kl.Length);
        Assert.Equal(kl.OrderDescending(), kl);
        Assert.True(kl[0] > 0.5, $"The first dimension says {kl[0]} nats.");
    }

    [Fact]
    public async Task A_latent_is_decoded_to_the_pixels_of_the_transformer()
    {
        float[] latent = [0.5f, -1, 0, 0.25f, 1, 0, -0.5f, 0];
        var expected = new float[Pixels];
        Page.Explorer.Vae.Decode(latent, expected);

        byte[] pixels = (await Page.Ask("decode", new { latent })).GetProperty("pixels").GetBytesFromBase64();

        Assert.Equal(expected.Select(value => (byte)MathF.Round(255 * value)), pixels);
        Assert.True(pixels.Distinct().Count() > 20);
    }

    [Fact]
    public async Task Questions_at_the_same_time_get_the_answers_of_questions_one_by_one()
    {
        float[][] latents = [.. Enumerable.Range(0, 40).Select(index => Enumerable.Range(0, Dimensions).Select(dimension => MathF.Sin(index * 3 + dimension)).ToArray())];
        var alone = new List<string?>();
        foreach (float[] latent in latents)
        {
            alone.Add((await Page.Ask("decode", new { latent })).GetProperty("pixels").GetString());
        }

        JsonElement[] together = await Task.WhenAll(latents.Select(latent => Page.Ask("decode", new { latent })));

        Assert.Equal(alone, together.Select(answer => answer.GetProperty("pixels").GetString()));
    }

    [Fact]
    public async Task A_row_comes_as_it_is_and_as_it_is_decoded()
    {
        JsonElement pair = await Page.Get("rows/3");

        byte[] original = pair.GetProperty("original").GetProperty("pixels").GetBytesFromBase64();
        Assert.Equal(Page.Explorer.Rows.ValuesOf(3).ToArray().Select(value => (byte)MathF.Round(255 * value)), original);
        byte[] decoded = pair.GetProperty("decoded").GetProperty("pixels").GetBytesFromBase64();
        double far = original.Zip(decoded, (one, other) => Math.Abs(one - other)).Average();
        Assert.InRange(far, 0.01, 60);
    }

    [Fact]
    public async Task Draws_differ_and_the_same_seed_gives_the_same()
    {
        string Latent(JsonElement answer) => answer.GetProperty("latent").ToString();
        JsonElement first = await Page.Ask("sample", new { seed = 5 });

        Assert.Equal(Latent(first), Latent(await Page.Ask("sample", new { seed = 5 })));
        Assert.NotEqual(Latent(first), Latent(await Page.Ask("sample", new { seed = 6 })));
        Assert.NotEqual(Latent(await Page.Ask("sample", new { })), Latent(await Page.Ask("sample", new { })));
    }

    [Fact]
    public async Task A_way_is_a_straight_line_with_its_ends()
    {
        float[] first = Page.Explorer.Rows.LatentOf(0).ToArray();
        float[] second = Page.Explorer.Rows.LatentOf(1).ToArray();

        JsonElement[] steps = [.. (await Page.Ask("interpolate", new { first, second, steps = 5 })).GetProperty("steps").EnumerateArray()];

        Assert.Equal(5, steps.Length);
        float[][] latents = [.. steps.Select(step => step.GetProperty("latent").EnumerateArray().Select(value => value.GetSingle()).ToArray())];
        Assert.Equal(first, latents[0]);
        Assert.Equal(second, latents[^1]);
        Assert.All(Enumerable.Range(0, Dimensions), dimension => Assert.Equal((first[dimension] + second[dimension]) / 2, latents[2][dimension], 1e-5f));
        Assert.Equal((await Page.Ask("decode", new { latent = latents[3] })).GetProperty("pixels").GetString(), steps[3].GetProperty("pixels").GetString());
    }

    [Theory]
    [InlineData("decode", """{"latent":[1,2]}""", "latent is to be 8 numbers; there are 2.")]
    [InlineData("decode", "{}", "latent is to be 8 numbers; there are 0.")]
    [InlineData("decode", """{"latent":[0,0,0,0,0,0,0,1e39]}""", "latent[7] is Infinity, which is not finite.")]
    [InlineData("decode", """{"latent":[0,0,0,0,0,0,"NaN",0]}""", "latent[6] is NaN, which is not finite.")]
    [InlineData("decode", """{"latent":[0,0,0,0,0,0,0,0],"label":"ring"}""", "The model is not conditional: there is no label to tell it.")]
    [InlineData("decode", """{"latent":[0,0,0,0,0,0,NaN,0]}""", "The question is not as it should be: 'N' is an invalid start of a value.")]
    [InlineData("decode", """{"latent":"far"}""", "The question is not as it should be: The JSON value could not be converted")]
    [InlineData("sample", """{"label":"ring"}""", "The model is not conditional: there is no label to tell it.")]
    [InlineData("interpolate", """{"first":[0,0,0,0,0,0,0,0],"second":[0],"steps":5}""", "second is to be 8 numbers; there are 1.")]
    [InlineData("interpolate", """{"first":[0,0,0,0,0,0,0,0],"second":[0,0,0,0,0,0,0,0],"steps":1000000}""", "steps is to be from 2 to 201, not 1000000.")]
    public async Task A_wrong_question_is_refused_with_what_is_wrong(string what, string question, string expected)
    {
        (int status, string error) = await Page.Refused(what, question);

        Assert.Equal(400, status);
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("200")]
    [InlineData("-1")]
    [InlineData("x")]
    public async Task A_row_that_is_not_there_is_not_found(string row)
    {
        HttpResponseMessage answer = await Page.Client.GetAsync($"/api/rows/{row}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("there are rows from 0 to 199.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_this_computer_is_answered_and_only_by_its_own_names()
    {
        Assert.StartsWith("http://127.0.0.1:", Page.Address, StringComparison.Ordinal);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/model");
        request.Headers.Host = "elsewhere.example";

        Assert.Equal(HttpStatusCode.BadRequest, (await Page.Client.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task A_decoded_picture_comes_in_less_than_50_milliseconds()
    {
        float[] latent = new float[Dimensions];
        var times = new List<double>();
        for (int round = 0; round < 60; round++)
        {
            latent[0] = round / 20f - 1.5f;
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            await Page.Ask("decode", new { latent });
            times.Add(System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        // The median: other processes may stop this one now and then.
        Assert.InRange(times.Order().ElementAt(times.Count / 2), 0, 50);
    }
}
