using System.Net;
using System.Text.Json;

namespace Vae.MLNet.Samples.LatentExplorer;

/// <summary>The page and what it asks the model.</summary>
internal static class ExplorerPage
{
    private const int MostSteps = 201;
    private const long LongestRequest = 1 << 20;

    // Nothing from elsewhere, and nobody else's page around this one.
    private const string Policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

    /// <param name="explorer">The model.</param>
    /// <param name="port">On this computer only; 0 for any that is free.</param>
    /// <returns>The page, which is to be started.</returns>
    public static WebApplication Create(Explorer explorer, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, EnvironmentName = Environments.Production });
        // A page that cannot start says so by its exception.
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        // A page elsewhere whose name leads here is refused: only these names count.
        builder.Configuration["AllowedHosts"] = "localhost;127.0.0.1";
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, port);
            kestrel.Limits.MaxRequestBodySize = LongestRequest;
        });
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        WebApplication page = builder.Build();
        page.Use(Answer);
        page.UseDefaultFiles();
        page.UseStaticFiles();
        var asked = new Questions(explorer);
        RouteGroupBuilder api = page.MapGroup("/api");
        api.MapGet("/model", () => ModelAnswer.Of(explorer));
        api.MapGet("/rows/{row}", (string row) => asked.Row(row));
        api.MapPost("/decode", (DecodeQuestion question) => asked.Decode(question));
        api.MapPost("/sample", (SampleQuestion question) => asked.Sample(question));
        api.MapPost("/interpolate", (PathQuestion question) => asked.Path(question, MostSteps));
        return page;
    }

    // What is wrong with a question becomes its answer, in one line.
    private static async Task Answer(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = Policy;
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers.CacheControl = "no-store";
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException error)
        {
            context.Response.StatusCode = error.StatusCode;
            await context.Response.WriteAsJsonAsync(new { error = error.InnerException is JsonException json ? $"The question is not as it should be: {json.Message}" : error.Message });
        }
    }
}
