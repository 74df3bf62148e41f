using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;

namespace KmsLab.LocalAws.Sqs;

/// <summary>Adds SQS.</summary>
internal static class SqsExtensions
{
    public static void AddSqs(this IServiceCollection services)
    {
        services.AddSingleton<IStateSchema, SqsSchema>();
        services.AddSingleton<QueueStore>();
        services.AddSingleton<QueueSignals>();
        services.AddSingleton<QueueSender>();
        services.AddSingleton<QueueFinder>();
        services.AddSingleton<QueueOperations>();
        services.AddSingleton<MessageOperations>();
        services.AddHostedService<MessageRetention>();
        services.AddSingleton<AwsService, SqsService>();
    }
}
