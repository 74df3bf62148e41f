using KmsLab.CryptoApi;
using KmsLab.CryptoApi.Http.Authentication;
using KmsLab.ServiceDefaults;
using KmsLab.ServiceDefaults.ApiKeys;

if (args is ["new-api-key", .. var rest])
    return ApiKey.Print(rest is [var client] ? client : "", ApiKeyOptions.ClientsSection, Console.Out);

return await ServiceProgram.RunAsync("CryptoApi", args, builder => builder.AddCryptoApi(), app => app.MapCryptoApi());
