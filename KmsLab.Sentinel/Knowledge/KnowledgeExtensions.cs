using KmsLab.Sentinel.Knowledge.Baselines;
using KmsLab.Sentinel.Knowledge.Readers;
using KmsLab.Sentinel.Turns;
using KmsLab.Sentinel.Windows;

namespace KmsLab.Sentinel.Knowledge;

/// <summary>Registers what is learned from records, in the order in which it looks at them: what comes later may rest on what came before.</summary>
internal static class KnowledgeExtensions
{
    public static void AddKnowledge(this IServiceCollection services)
    {
        services.AddSingleton<AttestationVerifiers>();
        services.AddTurnPart<ProtectedKeys>();
        services.AddTurnPart<SetFacts>();
        services.AddTurnPart<AttestationFacts>();
        services.AddTurnPart<ProofUses>();
        services.AddTurnPart<LearnedNames>();
        services.AddTurnPart<KeyNames>();
        services.AddTurnPart<ForeignKeys>();
        services.AddTurnPart<RoleIds>();
        services.AddTurnPart<KeyPolicies>();
        services.AddTurnPart<KnownPrincipals>();
        services.AddTurnPart<ReadRecords>();
        services.AddTurnPart<BaselineStore>();
        services.AddScoped<IWindowBaseline>(provider => provider.GetRequiredService<BaselineStore>());
    }
}
