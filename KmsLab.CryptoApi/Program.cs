using KmsLab.CryptoApi;

var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.AddCryptoApi();

var app = builder.Build();
app.MapCryptoApi();
await app.RunAsync();
