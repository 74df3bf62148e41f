using System.Globalization;
using System.Net.Sockets;
using KmsLab.Sentinel.Alarms;
using KmsLab.Sentinel.Detections;
using KmsLab.Sentinel.Publishing.Messages;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;

namespace KmsLab.Sentinel.Publishing.Email;

/// <summary>Writes mails, each over a connection of its own: alarms are rare.</summary>
internal sealed class EmailChannel(string name, EmailOptions options, MessageWriter messages, TimeProvider time) : INotificationChannel
{
    private readonly string _password = options.ReadPassword();

    public string Name => $"email:{name}";

    public Severity MinimumSeverity => options.MinimumSeverity;

    private string Place => string.Create(CultureInfo.InvariantCulture, $"{options.Host}:{options.Port}");

    public async Task<SendOutcome> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        using var mail = EmailMessage.Of(messages.Of(notification), options, time.GetUtcNow());
        try
        {
            // Asking for revocation would fail wherever Sentinel may reach its mail server only.
            using var smtp = new SmtpClient { CheckCertificateRevocation = false };
            await smtp.ConnectAsync(options.Host, options.Port, SecurityOf(options.Security), cancellationToken);
            if (options.UserName.Length > 0)
                await smtp.AuthenticateAsync(options.UserName, _password, cancellationToken);
            await smtp.SendAsync(mail, cancellationToken);
            await DisconnectAsync(smtp, cancellationToken);
            return SendOutcome.Sent;
        }
        catch (SmtpCommandException answer)
        {
            var problem = string.Create(CultureInfo.InvariantCulture, $"{Place} answered {(int)answer.StatusCode} ({answer.ErrorCode}).");
            return (int)answer.StatusCode >= 500 ? SendOutcome.Refused(problem) : SendOutcome.Failed(problem);
        }
        // A password that is wrong, or a server that takes none, is somebody's to repair: better late than lost.
        catch (Exception refused) when (refused is MailKit.Security.AuthenticationException or NotSupportedException)
        {
            return SendOutcome.Failed(refused is NotSupportedException ? $"{Place} offers no {options.Security}." : $"{Place} refused the user name or password.");
        }
        catch (Exception failed) when (failed is SslHandshakeException or System.Security.Authentication.AuthenticationException)
        {
            return SendOutcome.Failed($"{Place} has no certificate for that name that is trusted here.");
        }
        catch (Exception failed) when (failed is IOException or SocketException or SmtpProtocolException or ServiceNotConnectedException)
        {
            return SendOutcome.Failed($"{Place} can't be reached: {failed.GetType().Name}.");
        }
    }

    /// <summary>The mail is sent: what goes wrong now must not send it again.</summary>
    private static async Task DisconnectAsync(SmtpClient smtp, CancellationToken cancellationToken)
    {
        try
        {
            await smtp.DisconnectAsync(true, cancellationToken);
        }
        catch (Exception late) when (late is IOException or SocketException or SmtpProtocolException or SmtpCommandException or OperationCanceledException)
        {
        }
    }

    private static SecureSocketOptions SecurityOf(EmailSecurity security) => security switch
    {
        EmailSecurity.StartTls => SecureSocketOptions.StartTls,
        EmailSecurity.Tls => SecureSocketOptions.SslOnConnect,
        _ => SecureSocketOptions.None,
    };
}
