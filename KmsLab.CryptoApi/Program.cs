using KmsLab.CryptoApi;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync("CryptoApi", args, builder => builder.AddCryptoApi(), app => app.MapCryptoApi());
