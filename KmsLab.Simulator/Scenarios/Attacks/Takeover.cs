using KmsLab.Simulator.Plans;

namespace KmsLab.Simulator.Scenarios.Attacks;

/// <summary>Attacks on what the application and Sentinel rest on: copies of keys, roles that are trusted, Sentinel itself, and the records.</summary>
internal static class Takeover
{
    private const string Ecs = "ecs.amazonaws.com";
    private const int Reads = 20;

    /// <summary><c>replica-abuse</c>: a copy of a multi-Region key, out of sight, decrypts what the key encrypted.</summary>
    public static Plan ReplicaAbuse(Stage stage)
    {
        var interval = stage.Length / (Reads + 1);
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new CopyKey(World.Family, World.ReplicaRegion)),
            .. Enumerable.Range(1, Reads).Select(i => new Step(
                stage.At + (interval * i), Cast.Insider,
                new UseKey("Decrypt", World.Family, ("object", FormattableString.Invariant($"{i}"))) { Region = World.ReplicaRegion })),
        ]);
    }

    /// <summary><c>execution-role-hijack</c>: a task of the insider's own runs with the role that may read the signing key.</summary>
    public static Plan ExecutionRole(Stage stage)
    {
        var world = stage.World;
        var role = world.RoleArn(world.ExecutionRole);
        var definition = $$"""
            "family":"debug-tools","executionRoleArn":"{{role}}","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{"name":"shell","image":"public.ecr.aws/docker/library/busybox:latest","command":["sh","-c","env; sleep 3600"],"secrets":[{"name":"KEY","valueFrom":"{{world.AttestationSecretArn}}"}]}]
            """;
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new AccountCall(Ecs, "RegisterTaskDefinition", $"{{{definition}}}")
            {
                Response = $$$"""{"taskDefinition":{"taskDefinitionArn":"{{{DefinitionArn(world, "debug-tools", 1)}}}","revision":1,"status":"ACTIVE",{{{definition}}}}}""",
            }),
            new(stage.At + (stage.Length / 2), Cast.Insider, new AccountCall(Ecs, "RunTask", """{"cluster":"default","taskDefinition":"debug-tools:1","count":1,"launchType":"FARGATE"}""")),
            new(stage.At + stage.Length, Cast.Insider, new AccountCall(Ecs, "DeregisterTaskDefinition", """{"taskDefinition":"debug-tools:1"}""")),
        ]);
    }

    /// <summary><c>sentinel-redeployed</c>: Sentinel runs on, with its most telling detections off; then it does not run at all.</summary>
    public static Plan Sentinel(Stage stage)
    {
        var world = stage.World;
        const string Definition = """
            "family":"kmslab-sentinel","containerDefinitions":[{"name":"sentinel","image":"kmslab/sentinel:1","environment":[{"name":"Sentinel__Detections__unattested-call__Mode","value":"Off"}]}]
            """;
        var interval = stage.Length / 3;
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new AccountCall(Ecs, "RegisterTaskDefinition", $"{{{Definition}}}")
            {
                Response = $$$"""{"taskDefinition":{"taskDefinitionArn":"{{{DefinitionArn(world, "kmslab-sentinel", 8)}}}","revision":8,"status":"ACTIVE",{{{Definition}}}}}""",
            }),
            new(stage.At + interval, Cast.Insider, Update("\"taskDefinition\":\"kmslab-sentinel:8\"")),
            new(stage.At + (interval * 2), Cast.Insider, Update("\"desiredCount\":0")),
            new(stage.At + stage.Length, Cast.Deployer, Update("\"taskDefinition\":\"kmslab-sentinel:7\",\"desiredCount\":1"), IsRestore: true),
        ]);

        static AccountCall Update(string what) => new(Ecs, "UpdateService", $$"""{"cluster":"kmslab","service":"kmslab-sentinel",{{what}}}""");
    }

    /// <summary><c>forged-records</c>: a key is disabled, and a record with the same eventID says that somebody only looked.</summary>
    public static Plan ForgedRecords(Stage stage)
    {
        return stage.Plan(
        [
            new(stage.At, Cast.Insider, new OnKey("DisableKey", World.Vault)),
            new(stage.At + (stage.Length / 2), Cast.Auditor, new PlantRecord("DisableKey", "DescribeKey", World.Vault)),
            new(stage.At + stage.Length, Cast.Deployer, new OnKey("EnableKey", World.Vault), IsRestore: true),
        ]);
    }

    private static string DefinitionArn(World world, string family, int revision) => $"arn:aws:ecs:{world.Region}:{world.Account}:task-definition/{family}:{revision}";
}
