using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using KmsLab.AwsSdk.Pipeline;

namespace Amazon.CloudWatch.Internal;

/// <summary>The service's JSON: members as in C#, instants in seconds since 1970.</summary>
internal static class Wire
{
    private static readonly JsonSerializerOptions Options = WireOptions.Create(
        CloudWatchWireContext.Default,
        naming: null,
        new EpochSecondsConverter(),
        new ConstantClassConverter<AlarmType>(AlarmType.FindValue),
        new ConstantClassConverter<ComparisonOperator>(ComparisonOperator.FindValue),
        new ConstantClassConverter<EvaluationState>(EvaluationState.FindValue),
        new ConstantClassConverter<HistoryItemType>(HistoryItemType.FindValue),
        new ConstantClassConverter<RecentlyActive>(RecentlyActive.FindValue),
        new ConstantClassConverter<ScanBy>(ScanBy.FindValue),
        new ConstantClassConverter<StandardUnit>(StandardUnit.FindValue),
        new ConstantClassConverter<StateValue>(StateValue.FindValue),
        new ConstantClassConverter<Statistic>(Statistic.FindValue),
        new ConstantClassConverter<StatusCode>(StatusCode.FindValue));

    internal static JsonTypeInfo<T> Info<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));
}
