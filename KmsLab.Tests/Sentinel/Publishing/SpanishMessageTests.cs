using System.Text.Json.Nodes;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Languages;
using KmsLab.Sentinel.Publishing;
using KmsLab.Sentinel.Publishing.Email;
using KmsLab.Sentinel.Publishing.Messages;
using KmsLab.Sentinel.Publishing.PagerDuty;
using KmsLab.Sentinel.Publishing.Sns;
using KmsLab.Sentinel.Publishing.Webhooks;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>Messages with <c>Sentinel:Notifications:Language=es</c>.</summary>
public sealed class SpanishMessageTests
{
    private const string Headline = "ALARMA (alta) role/kmslab-cryptoapi: KMS rechaza repetidamente a una identidad";

    private static readonly Message Message = new MessageWriter(new() { Language = "es", PageUrl = "https://sentinel.example.com" }).Of(TestNotifications.Related());

    [Fact]
    public void Text_is_Spanish_but_for_the_runbook()
    {
        var text = NotificationText.Body(Message);

        text.ShouldStartWith(Headline);
        text.ShouldContain($"KMS rechazó a {TestRecords.RoleArn} 2 veces en 60 s (se permiten menos de 2), la última Decrypt con AccessDenied desde 192.0.2.10.");
        text.ShouldContain("Cuándo: 2026-11-23T12:00:00Z a 2026-11-23T12:00:02Z");
        text.ShouldContain("20 registros en total");
        text.ShouldContain("Del mismo incidente:\n- (crítica) key-destruction: Una clave de cliente se desactivó o se va a borrar [fedcba9876543210]");
        text.ShouldContain("Qué hacer:\n- Read the evidence.");
    }

    [Fact]
    public void Cards_and_mails_are_Spanish_and_keys_for_programs_are_not()
    {
        SlackMessage.Of(Message).ShouldContain("Abrir la alarma");
        JsonNode.Parse(TeamsMessage.Of(Message))!["summary"]!.GetValue<string>().ShouldBe(Headline);
        using var mail = EmailMessage.Of(Message, new EmailOptions { From = "sentinel@example.com", To = ["ops@example.com"] }, TestRecords.Noon);
        (mail.Subject, mail.Headers["X-KmsLab-Severity"]).ShouldBe((Headline, "high"));
        var details = JsonNode.Parse(PagerDutyEvent.Of(Message, "key"))!["payload"]!["custom_details"]!;
        details["who"]!.GetValue<string>().ShouldBe("role/kmslab-cryptoapi");
        JsonNode.Parse(NotificationText.Json(Message))!["title"]!.GetValue<string>().ShouldBe("KMS refuses one principal repeatedly");
    }

    [Fact]
    public void Subject_of_SNS_loses_its_accents_only() =>
        SnsChannel.Subject("La última clave de España").ShouldBe("La ultima clave de Espana");

    [Fact]
    public void Sentence_of_a_message_that_was_cut_stays_as_it_was_told() =>
        NotificationText.Why(TestNotifications.Of() with { Evidence = [] }, Texts.In("es")).ShouldBe("KMS refused the role <kmslab-cryptoapi> & friends 2 times.");

    [Fact]
    public void End_of_an_alarm_that_nothing_judges_any_more_says_why_it_ended() =>
        NotificationText.Why(TestNotifications.Of() with { Retired = Retirement.Off }, Texts.In("es"))
            .ShouldBe("kms-error-burst está desactivada, así que nada dice si esto continúa.");

    [Fact]
    public void Language_that_there_is_not_is_refused() =>
        new NotificationOptions { Language = "fr" }.Validate([], []).ShouldContain("Sentinel:Notifications:Language must be one of en, es");
}
