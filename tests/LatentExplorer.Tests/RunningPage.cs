using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;

namespace Vae.MLNet.Samples.LatentExplorer.Tests;

/// <summary>An explorer's page on a free port.</summary>
internal sealed class RunningPage : IAsyncDisposable
{
    private readonly WebApplication _page;

    private RunningPage(Explorer explorer)
    {
        Explorer = explorer;
        _page = ExplorerPage.Create(explorer, port: 0);
    }

    public Explorer Explorer { get; }

    public string Address => _page.Urls.Single();

    public HttpClient Client { get; private set; } = new();

    /// <summary>Starts the page; the model goes with it.</summary>
    public static async Task<RunningPage> Start(Explorer explorer)
    {
        var running = new RunningPage(explorer);
        await running._page.StartAsync();
        running.Client = new HttpClient { BaseAddress = new Uri(running.Address) };
        return running;
    }

    public Task<JsonElement> Get(string what) => Client.GetFromJsonAsync<JsonElement>($"/api/{what}");

    /// <summary>The answer to a question, which is to be 200.</summary>
    public async Task<JsonElement> Ask(string what, object question)
    {
        HttpResponseMessage answer = await Client.PostAsJsonAsync($"/api/{what}", question);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The status and the error of a wrong question.</summary>
    public async Task<(int Status, string Error)> Refused(string what, string question)
    {
        HttpResponseMessage answer = await Client.PostAsync($"/api/{what}", new StringContent(question, System.Text.Encoding.UTF8, "application/json"));
        return ((int)answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString()!);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _page.DisposeAsync();
        Explorer.Dispose();
    }
}
