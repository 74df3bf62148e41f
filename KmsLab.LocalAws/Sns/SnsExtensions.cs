using KmsLab.LocalAws.State;
using KmsLab.LocalAws.Wire;
using KmsLab.ServiceDefaults.Settings;

namespace KmsLab.LocalAws.Sns;

/// <summary>Adds SNS and its mailbox.</summary>
internal static class SnsExtensions
{
    public static void AddSns(this IServiceCollection services)
    {
        services.AddSettings<SnsOptions>("LocalAws:Sns").ValidateDataAnnotations();
        services.AddSingleton<IStateSchema, SnsSchema>();
        services.AddSingleton<SnsStore>();
        services.AddSingleton<Mailbox>();
        services.AddSingleton<HttpDelivery>();
        services.AddHostedService(provider => provider.GetRequiredService<HttpDelivery>());
        services.AddSingleton<SnsPublisher>();
        services.AddSingleton<TopicOperations>();
        services.AddSingleton<SubscriptionOperations>();
        services.AddSingleton<PublishOperations>();
        services.AddSingleton<AwsService, SnsService>();
    }

    /// <summary>Maps <c>GET /_localaws/mail?to=&amp;limit=</c>: the emails and text messages that were not sent, newest first.</summary>
    public static void MapMailbox(this WebApplication app) =>
        app.MapGet("/_localaws/mail", (Mailbox mailbox, string? to, int? limit) => mailbox.List(to, Math.Clamp(limit ?? 100, 1, 1000)));
}
