using System.Text;
using System.Text.Json;
using KmsLab.Sentinel.Detections;
using KmsLab.Simulator;

namespace KmsLab.Tests.Simulator;

public sealed class ScenarioCatalogTests
{
    private const string Good =
        """
        {"id":"a","title":"t","about":"b","isAttack":true,"expected":[],"expectedWithHistory":[],
        "needsVault":false,"lengthSeconds":60,"liveSpeed":2}
        """;

    [Fact]
    public void Catalog_begins_with_the_normal_day_and_expects_detections_that_there_are()
    {
        var detections = DetectionCatalog.BuiltIn.Select(detection => detection.Id);

        ScenarioCatalog.All[0].Id.ShouldBe("normal");
        ScenarioCatalog.All.Count.ShouldBe(19);
        ScenarioCatalog.All.SelectMany(scenario => scenario.Expected.Concat(scenario.ExpectedWithHistory)).ShouldBeSubsetOf(detections);
        var exfiltrations = ScenarioCatalog.All.Where(scenario => scenario.NeedsVault).Select(scenario => scenario.Id);
        exfiltrations.ShouldBe(["burst-exfiltration", "slow-exfiltration"]);
    }

    [Fact]
    public void Entry_is_read_as_it_is_written()
    {
        var scenario = Read($"[{Good}]").ShouldHaveSingleItem();

        (scenario.Id, scenario.Length, scenario.LiveSpeed).ShouldBe(("a", TimeSpan.FromMinutes(1), 2));
    }

    [Theory]
    [InlineData("\"title\":\"t\",", "")]
    [InlineData("\"title\"", "\"Title\"")]
    [InlineData("\"title\":\"t\"", "\"title\":null")]
    [InlineData("{\"id\"", "{\"colour\":\"red\",\"id\"")]
    public void Entry_that_lacks_a_member_or_has_an_unknown_one_is_refused(string from, string to) =>
        Should.Throw<JsonException>(() => Read($"[{Good.Replace(from, to, StringComparison.Ordinal)}]"));

    [Fact]
    public void Same_id_twice_and_a_speed_of_0_are_refused()
    {
        Should.Throw<InvalidDataException>(() => Read($"[{Good},{Good}]")).Message.ShouldContain("a is there twice");
        var still = Good.Replace("\"liveSpeed\":2", "\"liveSpeed\":0", StringComparison.Ordinal);
        Should.Throw<InvalidDataException>(() => Read($"[{still}]")).Message.ShouldContain("must be above 0");
    }

    private static IReadOnlyList<ScenarioInfo> Read(string json) => ScenarioCatalog.Read(new MemoryStream(Encoding.UTF8.GetBytes(json)));
}
