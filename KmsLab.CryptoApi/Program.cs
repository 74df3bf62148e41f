using KmsLab.CryptoApi;
using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.ServiceDefaults;

if (args is ["new-api-key", .. var rest])
    return rest is [var client] ? ApiKey.Print(client, Console.Out) : ApiKey.Print("", Console.Out);

return await ServiceProgram.RunAsync("CryptoApi", args, builder => builder.AddCryptoApi(), app => app.MapCryptoApi());
