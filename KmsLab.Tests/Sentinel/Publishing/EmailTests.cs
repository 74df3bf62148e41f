using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Publishing;
using MimeKit;
using SmtpServer.Protocol;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>The mail channel against a real SMTP server.</summary>
public sealed class EmailTests
{
    [Fact]
    public async Task Mail_has_text_and_html_with_a_link_and_belongs_to_its_incident()
    {
        await using var server = new MailServer();
        await using var sender = Bed(server);

        (await sender.SendAsync(TestNotifications.Related())).ShouldBe(SendOutcome.Sent);
        (await sender.SendAsync(TestNotifications.Of(state: AlarmState.Ok) with { Id = "0123456789abcdef-1795490219999-2" })).ShouldBe(SendOutcome.Sent);

        var (alarm, over) = (await server.NextAsync(), await server.NextAsync());
        alarm.Subject.ShouldBe("ALARM (high) role/kmslab-cryptoapi: KMS refuses one principal repeatedly");
        alarm.From.ToString().ShouldBe("\"KmsLab Sentinel\" <sentinel@example.com>");
        alarm.To.Mailboxes.Select(mailbox => mailbox.Address).ShouldBe(["oncall@example.com", "security@example.com"]);
        alarm.MessageId.ShouldBe("0123456789abcdef-1795490219813-1.kmslab-sentinel@example.com");
        alarm.References.ShouldBe(["alarm-fedcba9876543210.kmslab-sentinel@example.com", "alarm-0123456789abcdef.kmslab-sentinel@example.com"]);
        alarm.Headers["Auto-Submitted"].ShouldBe("auto-generated");
        alarm.Importance.ShouldBe(MessageImportance.High);
        var link = $"{ChannelBed.PageUrl}/alarms/0123456789abcdef";
        alarm.TextBody!.ShouldContain(link);
        alarm.TextBody!.ShouldContain("the role <kmslab-cryptoapi> & friends");
        alarm.HtmlBody!.ShouldContain($"<a href=\"{link}\"");
        alarm.HtmlBody!.ShouldContain("the role &lt;kmslab-cryptoapi&gt; &amp; friends");
        alarm.HtmlBody!.ShouldContain("#ea580c");
        alarm.HtmlBody!.ShouldContain($"<a href=\"{ChannelBed.PageUrl}/alarms/fedcba9876543210\">(critical) A key is to be destroyed</a>");

        over.Subject.ShouldStartWith("RESOLVED (high) ");
        over.References.ShouldBe(["alarm-0123456789abcdef.kmslab-sentinel@example.com"]);
        over.Importance.ShouldBe(MessageImportance.Normal);
        over.HtmlBody!.ShouldContain("#15803d");
    }

    [Theory]
    [InlineData(SmtpReplyCode.MailboxUnavailable, nameof(SendOutcomeKind.Refused))]
    [InlineData(SmtpReplyCode.InsufficientStorage, nameof(SendOutcomeKind.Failed))]
    public async Task Answer_decides_whether_it_is_tried_again(SmtpReplyCode code, string expected)
    {
        await using var server = new MailServer { Answer = new SmtpResponse(code, "no") };
        await using var sender = Bed(server);

        var outcome = await sender.SendAsync(TestNotifications.Of());

        outcome.Kind.ToString().ShouldBe(expected);
        outcome.Problem!.ShouldStartWith($"127.0.0.1:{server.Port} answered {(int)code} (");
    }

    [Fact]
    public async Task Wrong_password_is_tried_again_and_stands_nowhere()
    {
        await using var server = new MailServer();
        await using var sender = Bed(server, ("Password", "wrong-hunter2"));

        var outcome = await sender.SendAsync(TestNotifications.Of());

        outcome.ShouldBe(SendOutcome.Failed($"127.0.0.1:{server.Port} refused the user name or password."));
        sender.Logs.Append(outcome.Problem!).ShouldAllBe(text => !text.Contains("hunter2"));
    }

    [Fact]
    public async Task Server_without_tls_gets_no_password_and_no_mail_where_tls_is_asked_for()
    {
        await using var server = new MailServer();
        await using var sender = Bed(server, ("Security", "StartTls"));

        (await sender.SendAsync(TestNotifications.Of())).ShouldBe(SendOutcome.Failed($"127.0.0.1:{server.Port} offers no StartTls."));
    }

    [Fact]
    public async Task Server_that_is_down_is_tried_again()
    {
        var server = new MailServer();
        await server.DisposeAsync();
        await using var sender = Bed(server);

        var outcome = await sender.SendAsync(TestNotifications.Of());

        (outcome.Kind, outcome.Problem).ShouldBe((SendOutcomeKind.Failed, $"127.0.0.1:{server.Port} can't be reached: SocketException."));
    }

    [Fact]
    public async Task Everything_wrong_is_told_at_the_start_and_the_password_is_not_shown()
    {
        const string At = "Sentinel:Notifications:Email:ops";
        var invalid = await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(() => SentinelHost.StartAsync(
            "http://127.0.0.1:1",
            ($"{At}:Host", "mail.example.com"), ($"{At}:Security", "None"), ($"{At}:From", "nobody@"), ($"{At}:To:0", "x@"), ($"{At}:Password", "hunter2"), ($"{At}:Port", "0")));

        invalid.Failures.ShouldBe(
            [
                $"{At}:Security is None: use StartTls or Tls, or set {At}:AllowPlain=true if nobody can listen on the way",
                $"{At}:Port must be from 1 to 65535",
                $"{At}:From must be an address such as sentinel@example.com",
                $"{At}:To: 'x@' is no address such as oncall@example.com",
                $"{At}: UserName and Password go together: set both or neither",
            ]);
    }

    private static ChannelBed Bed(MailServer server, params (string Key, string Value)[] settings) => new(
        new (string Key, string Value)[]
        {
            ("Host", "127.0.0.1"), ("Port", $"{server.Port}"), ("Security", "None"), ("UserName", "sentinel"), ("Password", MailServer.Password),
            ("From", "KmsLab Sentinel <sentinel@example.com>"), ("To:0", "oncall@example.com"), ("To:1", "security@example.com"),
        }.Concat(settings).Select(setting => ($"Sentinel:Notifications:Email:ops:{setting.Key}", (string?)setting.Value)));
}
