using KmsLab.Sentinel.Detections;

namespace KmsLab.Tests.Architecture;

/// <summary>One detection, one file, one class of tests.</summary>
public sealed class DetectionTestsTests
{
    [Fact]
    public void Each_detection_has_a_test_class_of_its_own()
    {
        var types = typeof(DetectionDefinition).Assembly.GetTypes().Where(type => type.Namespace == typeof(DetectionDefinition).Namespace && IsDetection(type)).ToList();
        var tests = typeof(DetectionTestsTests).Assembly.GetTypes().Select(type => type.Name).ToHashSet();

        types.Count.ShouldBeGreaterThan(20);
        types.Where(type => !tests.Contains($"{type.Name}Tests")).Select(type => type.Name).ShouldBeEmpty("write a class of this name and 'Tests'");
    }

    private static bool IsDetection(Type type) => type.GetProperties().Any(property =>
        property.GetMethod!.IsStatic && (property.PropertyType == typeof(DetectionDefinition) || property.PropertyType == typeof(IReadOnlyList<DetectionDefinition>)) && type != typeof(DetectionCatalog));
}
