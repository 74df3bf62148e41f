using System.Buffers;
using System.Net;
using System.Threading.Channels;
using KmsLab.Tests.EndToEnd;
using MimeKit;
using SmtpServer;
using SmtpServer.Authentication;
using SmtpServer.Protocol;
using SmtpServer.Storage;

namespace KmsLab.Tests.Sentinel.Publishing;

/// <summary>A real SMTP server on a port of its own, which keeps what it is given.</summary>
internal sealed class MailServer : MessageStore, IUserAuthenticator, IAsyncDisposable
{
    public const string Password = "password-hunter2";

    private readonly Channel<MimeMessage> _mails = Channel.CreateUnbounded<MimeMessage>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public MailServer()
    {
        Port = LabProcess.FreePort();
        var options = new SmtpServerOptionsBuilder()
            .ServerName("localhost")
            .Endpoint(endpoint => endpoint.Endpoint(new IPEndPoint(IPAddress.Loopback, Port)).AllowUnsecureAuthentication())
            .Build();
        var services = new SmtpServer.ComponentModel.ServiceProvider();
        services.Add((IMessageStore)this);
        services.Add((IUserAuthenticator)this);
        _running = new SmtpServer.SmtpServer(options, services).StartAsync(_stop.Token);
    }

    public int Port { get; }

    /// <summary>What it answers to a mail from now on.</summary>
    public SmtpResponse Answer { get; set; } = SmtpResponse.Ok;

    public async Task<MimeMessage> NextAsync() => await _mails.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public override async Task<SmtpResponse> SaveAsync(
        ISessionContext context, IMessageTransaction transaction, ReadOnlySequence<byte> buffer, CancellationToken cancellationToken)
    {
        if (Answer.ReplyCode == SmtpReplyCode.Ok)
            await _mails.Writer.WriteAsync(await MimeMessage.LoadAsync(new MemoryStream(buffer.ToArray()), cancellationToken), cancellationToken);
        return Answer;
    }

    public Task<bool> AuthenticateAsync(ISessionContext context, string user, string password, CancellationToken cancellationToken) =>
        Task.FromResult(user == "sentinel" && password == Password);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }
}
