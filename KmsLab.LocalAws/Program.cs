using KmsLab.LocalAws;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddLocalAws();

var app = builder.Build();
app.MapLocalAws();
await app.RunAsync();
