namespace KmsLab.AppHost;

/// <summary>What the lab prints once it runs: where everything is, and commands to paste.</summary>
internal static class Welcome
{
    public static string Text(EmbeddedLab lab) => $$"""

        KmsLab is running.
          CryptoApi  {{Url(lab.CryptoApi)}}
          Sentinel   {{Url(lab.Sentinel)}}   (open it in a browser)
          LocalAws   {{Url(lab.LocalAws)}}   (an AWS endpoint for this lab only)
          Data       {{lab.Data.Path}}

        Paste into another terminal:
          curl -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Text":"Welcome to ReInvent 2020!"}' {{Url(lab.CryptoApi)}}/encrypt
          curl -X GET -H 'Content-Type: application/json' --data '{"Name":"Andy Jassy","Key":"<the Key you got>"}' {{Url(lab.CryptoApi)}}/decrypt
          curl {{Url(lab.Sentinel)}}/api/alarms
          curl -H "X-Api-Key: $(cat '{{lab.Data.PathOf(AuditorKey.FileName)}}')" '{{Url(lab.CryptoApi)}}/audit?requestId=<requestID of the record>'
        Decrypt twice with a wrong Key, and Sentinel raises the alarm; or play an attack at {{Url(lab.Sentinel)}}/scenarios. Ctrl-C stops the lab.

        """;

    private static string Url(Uri address) => address.ToString().TrimEnd('/');
}
