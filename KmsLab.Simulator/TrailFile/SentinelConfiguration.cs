using System.Text.Json;
using System.Text.Json.Nodes;
using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.TrailFile;

/// <summary>What Sentinel has to know of the account in the files: <c>replay --config sentinel.json</c>.</summary>
internal static class SentinelConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(World world, string publicPem) => new JsonObject
    {
        ["Sentinel"] = new JsonObject
        {
            ["ProtectedSets"] = new JsonObject
            {
                ["vault"] = new JsonObject
                {
                    ["Keys"] = new JsonArray(world.KeyArn(World.Vault), world.KeyArn(World.Family)),
                    ["Aliases"] = new JsonArray(world.Alias),
                    ["Roles"] = new JsonArray(world.RoleArn(world.ApplicationRole)),
                    ["Deployers"] = new JsonArray(world.RoleArn(Cast.Deployer.Role)),
                    ["Addresses"] = new JsonArray("10.0.0.0/16"),
                    ["AttestationSecrets"] = new JsonArray(world.AttestationSecretArn),
                    ["SecretReaders"] = new JsonArray(world.RoleArn(world.ExecutionRole)),
                },
            },
            ["Attestation"] = new JsonObject { ["PublicKeys"] = new JsonObject { [ApplicationCalls.KeyId] = publicPem } },
            ["Evidence"] = new JsonObject { ["TrailArns"] = new JsonArray(world.TrailArn) },
        },
    }.ToJsonString(Indented);
}
