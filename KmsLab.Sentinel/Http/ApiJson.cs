using System.Text.Json;
using System.Text.Json.Serialization;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Http.Documents;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Queries;
using KmsLab.Sentinel.Storage;
using KmsLab.Sentinel.TrailHealth.Guard;

namespace KmsLab.Sentinel.Http;

/// <summary>JSON as the API answers it: camelCase, instants in UTC with a Z, spans of time in seconds.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantConverter), typeof(SecondsConverter)])]
[JsonSerializable(typeof(IReadOnlyList<HistoryEntry>))]
[JsonSerializable(typeof(HistoryEntry))]
[JsonSerializable(typeof(IReadOnlyList<ChannelTestResult>))]
[JsonSerializable(typeof(AcknowledgeBody))]
[JsonSerializable(typeof(SilenceBody))]
[JsonSerializable(typeof(TestBody))]
[JsonSerializable(typeof(CommentBody))]
[JsonSerializable(typeof(CloseBody))]
[JsonSerializable(typeof(MatchedSilenceBody))]
[JsonSerializable(typeof(PreviewBody))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(GuardAcceptance))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(RatesAnswer))]
[JsonSerializable(typeof(BaselineAnswer))]
[JsonSerializable(typeof(IReadOnlyList<ContextsAnswer>))]
[JsonSerializable(typeof(ActivityAnswer))]
[JsonSerializable(typeof(UsageAnswer))]
[JsonSerializable(typeof(UsageNames))]
[JsonSerializable(typeof(IReadOnlyList<DetectionAnswer>))]
[JsonSerializable(typeof(AlarmChartAnswer))]
[JsonSerializable(typeof(AlarmAnswer))]
[JsonSerializable(typeof(SilenceAnswer))]
[JsonSerializable(typeof(IReadOnlyList<SilenceAnswer>))]
[JsonSerializable(typeof(SilencePreview))]
[JsonSerializable(typeof(AlarmRecordsAnswer))]
[JsonSerializable(typeof(TimelineAnswer))]
[JsonSerializable(typeof(IReadOnlyList<KeyNaming>))]
[JsonSerializable(typeof(IReadOnlyList<AlarmAnswer>))]
internal sealed partial class ApiJson : JsonSerializerContext;
