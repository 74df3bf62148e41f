using KmsLab.CryptoApi;
using KmsLab.ServiceDefaults;

return await ServiceProgram.RunAsync(CryptoApiProgram.Description, args, builder => builder.AddCryptoApi(), app => app.MapCryptoApi());
