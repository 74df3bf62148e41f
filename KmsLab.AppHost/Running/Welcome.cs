using KmsLab.AppHost.Data;
using KmsLab.AppHost.Databases;

namespace KmsLab.AppHost.Running;

/// <summary>Text that the lab prints once it runs: where everything is, and commands to paste.</summary>
internal static class Welcome
{
    public static string Text(RunningLab lab, DataDirectory data, DatabaseChoice database, string dashboard) => $$"""

        KmsLab is running.
          Dashboard    {{dashboard}}   (resources, logs, traces, metrics)
          Sentinel     {{Url(lab.Sentinel)}}   (open it in a browser{{(lab.Simulator is null ? "" : "; attacks to play: /scenarios")}})
          CryptoApi    {{Url(lab.CryptoApi)}}/docs   (API reference)
          AWS          {{(lab.LocalAws is { } endpoint ? $"{Url(endpoint)}   (an endpoint for this lab only)" : "your account")}}
          Database     {{DatabaseChooser.Name(database.Database)}}: {{database.Why}} (--Lab:Database=container|postgres|sqlite)
          Data         {{data.Path}}
        Paste into another terminal, then decrypt twice with a wrong Key, and Sentinel raises the alarm:
          curl -H 'Content-Type: application/json' -d '{"Name":"Andy Jassy","Text":"Welcome to ReInvent 2020!"}' {{Url(lab.CryptoApi)}}/encrypt
          curl -X GET -H 'Content-Type: application/json' --data '{"Name":"Andy Jassy","Key":"<the Key you got>"}' {{Url(lab.CryptoApi)}}/decrypt
          curl {{Url(lab.Sentinel)}}/api/alarms
          curl -H "X-Api-Key: $(cat '{{data.PathOf(AuditorKey.FileName)}}')" '{{Url(lab.CryptoApi)}}/audit?requestId=<requestID of the record>'
        Ctrl-C stops the lab.
        """;

    private static string Url(Uri address) => address.ToString().TrimEnd('/');
}
