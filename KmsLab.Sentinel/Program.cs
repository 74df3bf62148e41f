using KmsLab.Sentinel;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddSentinel();

var app = builder.Build();
app.MapSentinel();
await app.RunAsync();
