using KmsLab.Sentinel.Detections;
using MimeKit;

namespace KmsLab.Sentinel.Publishing.Email;

/// <summary>How the way to a mail server is protected.</summary>
internal enum EmailSecurity
{
    /// <summary>TLS after STARTTLS, which the server must offer: port 587.</summary>
    StartTls,

    /// <summary>TLS from the first byte: port 465.</summary>
    Tls,

    /// <summary>None: to this machine, or with <see cref="EmailOptions.AllowPlain"/>.</summary>
    None,
}

/// <summary>The section <c>Sentinel:Notifications:Email:{name}</c>: one mail server and whom to write to.</summary>
internal sealed class EmailOptions
{
    public const string Section = $"{NotificationOptions.Section}:Email";

    /// <summary>The mail server, such as <c>email-smtp.eu-west-1.amazonaws.com</c>.</summary>
    public string Host { get; set; } = "";

    /// <summary>Its port.</summary>
    public int Port { get; set; } = 587;

    /// <summary>How the way to it is protected.</summary>
    public EmailSecurity Security { get; set; } = EmailSecurity.StartTls;

    /// <summary>Who signs in; empty for a server that asks nobody.</summary>
    public string UserName { get; set; } = "";

    /// <summary>The password.</summary>
    public string Password { get; set; } = "";

    /// <summary>A file with the password, in place of <see cref="Password"/>.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>Who writes, such as <c>KmsLab Sentinel &lt;sentinel@example.com&gt;</c>.</summary>
    public string From { get; set; } = "";

    /// <summary>Whom to write to.</summary>
    public string[] To { get; set; } = [];

    /// <summary>Less severe alarms are not sent there.</summary>
    public Severity MinimumSeverity { get; set; } = Severity.Low;

    /// <summary>Allows a way without TLS to another machine, where somebody can read along.</summary>
    public bool AllowPlain { get; set; }

    public string ReadPassword() => SecretText.Of(Password, PasswordFile);

    public IEnumerable<string> Validate(string name)
    {
        var at = $"{Section}:{name}";
        foreach (var error in ChannelNames.Check(at, name).Concat(SecretText.Check($"{at}:Password", Password, PasswordFile)))
            yield return error;
        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
            yield return $"{at}:Host must be the name or address of a mail server, such as smtp.example.com";
        else if (Security == EmailSecurity.None && !AllowPlain && !IsLoopback)
            yield return $"{at}:Security is None: use StartTls or Tls, or set {at}:AllowPlain=true if nobody can listen on the way";
        if (Port is < 1 or > 65535)
            yield return $"{at}:Port must be from 1 to 65535";
        if (!Enum.IsDefined(Security))
            yield return $"{at}:Security must be StartTls, Tls or None";
        if (!MailboxAddress.TryParse(From, out _))
            yield return $"{at}:From must be an address such as sentinel@example.com";
        if (To.Length == 0)
            yield return $"{at}:To needs an address such as oncall@example.com";
        foreach (var to in To.Where(to => !MailboxAddress.TryParse(to, out _)))
            yield return $"{at}:To: '{to}' is no address such as oncall@example.com";
        if ((UserName.Length > 0) != (ReadPassword().Length > 0))
            yield return $"{at}: UserName and Password go together: set both or neither";
        if (!Enum.IsDefined(MinimumSeverity))
            yield return $"{at}:MinimumSeverity must be Low, Medium, High or Critical";
    }

    private bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (System.Net.IPAddress.TryParse(Host, out var address) && System.Net.IPAddress.IsLoopback(address));
}
