using System.Text.Json.Nodes;

namespace KmsLab.Tests.Aws;

/// <summary>What watches Sentinel and the machinery: load balancer, databases, rotations, deployments and the trail's queue.</summary>
public sealed class AlarmTests
{
    private const string Stack = "kmslab-alarms";

    /// <summary>Metrics that AWS publishes, with the dimensions that it publishes them by: an alarm on others is silent for ever.</summary>
    private static readonly Dictionary<string, string> Published = new()
    {
        ["AWS/ApplicationELB UnHealthyHostCount"] = "LoadBalancer,TargetGroup",
        ["AWS/ApplicationELB HealthyHostCount"] = "LoadBalancer,TargetGroup",
        ["AWS/ApplicationELB HTTPCode_Target_5XX_Count"] = "LoadBalancer,TargetGroup",
        ["AWS/ApplicationELB HTTPCode_ELB_5XX_Count"] = "LoadBalancer",
        ["AWS/ApplicationELB TargetResponseTime"] = "LoadBalancer,TargetGroup",
        ["AWS/RDS FreeStorageSpace"] = "DBInstanceIdentifier",
        ["AWS/RDS CPUUtilization"] = "DBInstanceIdentifier",
        ["AWS/RDS DatabaseConnections"] = "DBInstanceIdentifier",
        ["AWS/States ExecutionsFailed"] = "StateMachineArn",
        ["AWS/SQS ApproximateAgeOfOldestMessage"] = "QueueName",
    };

    private static IEnumerable<(string Id, JsonObject Resource)> AllAlarms => Template.All["alarms.yaml"].OfType("AWS::CloudWatch::Alarm");

    /// <summary>The alarms on AWS's own metrics; those on Sentinel's are looked at in <see cref="EnvironmentTests"/>.</summary>
    private static IEnumerable<string> Alarms =>
        AllAlarms.Where(alarm => alarm.Resource["Properties"]!["Namespace"]!.GetValue<string>().StartsWith("AWS/", StringComparison.Ordinal)).Select(alarm => alarm.Id);

    [Fact]
    public void Each_metric_is_one_that_AWS_publishes_and_each_of_them_is_watched()
    {
        var deployment = new Deployment(Environments.Everything);

        var watched = Alarms.Select(id => ($"{Text(deployment, id, "Namespace")} {Text(deployment, id, "MetricName")}", string.Join(',', Dimensions(deployment, id).Select(dimension => dimension["Name"]!.GetValue<string>())))).ToList();

        watched.ShouldAllBe(alarm => Published[alarm.Item1] == alarm.Item2);
        watched.Select(alarm => alarm.Item1).Distinct().ShouldBe(Published.Keys, ignoreOrder: true);
    }

    [Fact]
    public void Alarms_watch_what_the_other_stacks_made()
    {
        var deployment = new Deployment(Environments.Everything);

        foreach (var stack in new[] { "kmslab-app", "kmslab-sentinel" })
        {
            var database = deployment.Evaluate(stack, new JsonObject { ["Ref"] = "Database" })!.GetValue<string>();
            Alarms.Count(id => Dimensions(deployment, id).Any(dimension => dimension["Value"]!.GetValue<string>() == database)).ShouldBe(3, stack);
            var redeploy = deployment.Evaluate(stack, new JsonObject { ["Ref"] = "Redeploy" })!.GetValue<string>();
            Alarms.Count(id => Dimensions(deployment, id).Any(dimension => dimension["Value"]!.GetValue<string>() == redeploy)).ShouldBe(1, stack);
        }

        var rotate = deployment.Evaluate("kmslab-rotation", new JsonObject { ["Ref"] = "Rotate" })!.GetValue<string>();
        Dimensions(deployment, "RotateFailed").Single()["Value"]!.GetValue<string>().ShouldBe(rotate);
        Dimensions(deployment, "QueueAge").Single()["Value"]!.GetValue<string>().ShouldBe("trail-queue");
        new Deployment(Environments.Least).Property(Stack, "QueueAge", "MetricName").ShouldBeNull();
    }

    [Fact]
    public void Everything_is_told_to_Sentinels_topics_which_let_both_publish()
    {
        var deployment = new Deployment(Environments.Everything);
        var topic = deployment.Evaluate("kmslab-sentinel", new JsonObject { ["Ref"] = "AlarmTopic" })!.GetValue<string>();

        var silence = deployment.Evaluate("kmslab-sentinel", new JsonObject { ["Ref"] = "SilenceTopic" })!.GetValue<string>();
        string[] aboutSilence = ["Undelivered", "Silent"];
        foreach (var (id, _) in AllAlarms)
        {
            var told = aboutSilence.Contains(id) ? silence : topic;
            deployment.Property(Stack, id, "AlarmActions")!.AsArray().Single()!.GetValue<string>().ShouldBe(told, id);
            deployment.Property(Stack, id, "OKActions")!.AsArray().Single()!.GetValue<string>().ShouldBe(told, id);
        }

        foreach (var (id, _) in Template.All["alarms.yaml"].OfType("AWS::Events::Rule"))
            deployment.Property(Stack, id, "Targets")!.AsArray().Single()!["Arn"]!.GetValue<string>().ShouldBe(topic, id);
        foreach (var (resource, property) in new[] { ("AlarmTopicPolicy", "PolicyDocument"), ("TopicKey", "KeyPolicy") })
        {
            var allowed = deployment.Property("kmslab-sentinel", resource, property)!["Statement"]!.AsArray().Where(statement => statement!["Effect"]!.GetValue<string>() == "Allow").Select(statement => statement!["Principal"]!.ToJsonString());
            string.Concat(allowed).ShouldContain("events.amazonaws.com", customMessage: resource);
            string.Concat(allowed).ShouldContain("cloudwatch.amazonaws.com", customMessage: resource);
        }
    }

    [Fact]
    public void Dashboards_are_JSON_and_show_each_alarm()
    {
        var body = JsonNode.Parse(new Deployment(Environments.Everything).Property(Stack, "Dashboard", "DashboardBody")!.GetValue<string>())!;

        var shown = body["widgets"]![0]!["properties"]!["alarms"]!.AsArray().Count;

        // The queue's is conditional, and a dashboard can't name what may not be there.
        shown.ShouldBe(Alarms.Count() - 1);
        body["widgets"]!.AsArray().Count.ShouldBeGreaterThan(5);

        var sentinel = JsonNode.Parse(new Deployment(Environments.Everything).Property(Stack, "SentinelDashboard", "DashboardBody")!.GetValue<string>())!;
        sentinel["widgets"]![0]!["properties"]!["alarms"]!.AsArray().Count.ShouldBe(AllAlarms.Count() - Alarms.Count());
    }

    private static string Text(Deployment deployment, string id, string property) => deployment.Property(Stack, id, property)!.GetValue<string>();

    private static IEnumerable<JsonNode> Dimensions(Deployment deployment, string id) =>
        deployment.Property(Stack, id, "Dimensions")!.AsArray().OfType<JsonNode>().OrderBy(dimension => dimension["Name"]!.GetValue<string>(), StringComparer.Ordinal);
}
