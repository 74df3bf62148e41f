using System.Text.Json.Nodes;
using CsCheck;
using KmsLab.Sentinel.Policies;

namespace KmsLab.Tests.Sentinel.Policies;

/// <summary>
/// The comparison of policies against an evaluation of single calls, by the rules of IAM
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html), written for this test alone: whatever call is let through after a
/// change and was not before, the comparison tells of the change.
/// </summary>
public sealed class PolicyEvaluationTests
{
    private const string Own = "111122223333";
    private const string KeyArn = $"arn:aws:kms:us-east-1:{Own}:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    private const string App = $"arn:aws:iam::{Own}:role/app";

    private static readonly KeyOwner Owner = KeyOwner.Of(KeyArn, []);

    private static readonly string[] Principals = [App, $"arn:aws:iam::{Own}:role/batch", "arn:aws:iam::444455556666:role/stranger"];

    private static readonly string[] PrincipalElements =
    [
        "\"Principal\":\"*\"", $"\"Principal\":{{\"AWS\":\"{App}\"}}", $"\"Principal\":{{\"AWS\":\"arn:aws:iam::{Own}:role/batch\"}}", "\"Principal\":{\"AWS\":\"444455556666\"}",
        $"\"Principal\":{{\"AWS\":\"arn:aws:iam::{Own}:root\"}}", $"\"NotPrincipal\":{{\"AWS\":\"{App}\"}}", $"\"Principal\":{{\"AWS\":[\"{App}\",\"444455556666\"]}}",
    ];

    private static readonly string[] Actions =
        ["\"Action\":\"kms:Decrypt\"", "\"Action\":\"kms:*\"", "\"Action\":[\"kms:Encrypt\",\"kms:De*\"]", "\"NotAction\":\"kms:Decrypt\"", "\"Action\":\"kms:Encrypt\""];

    private static readonly string[] Resources =
    [
        "\"Resource\":\"*\",", "\"Resource\":\"*\",", "\"Resource\":\"*\",", $"\"Resource\":\"{KeyArn}\",", "", $"\"NotResource\":\"{KeyArn}\",",
        $"\"Resource\":\"arn:aws:kms:us-east-1:{Own}:key/00000000-0000-0000-0000-000000000000\",", $"\"Resource\":\"arn:aws:kms:*:{Own}:key/*\",",
    ];

    private static readonly string[] Operators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];

    private static readonly string[] Prefixes = ["", "", "ForAnyValue:", "ForAllValues:"];

    private static readonly string[] Suffixes = ["", "", "", "IfExists"];

    private static readonly (string Key, string[] Values)[] Keys =
    [
        ("aws:PrincipalArn", [App, $"arn:aws:iam::{Own}:role/*", "*"]), ("aws:PrincipalAccount", [Own, "444455556666"]), ("kms:ViaService", ["s3.us-east-1.amazonaws.com", "s3.*", "*"]),
        ("kms:EncryptionContext:purpose", ["reports", "x"]), ("aws:SourceVpce", ["vpce-1", "*"]),
    ];

    private static readonly string?[] Services = [null, "s3.us-east-1.amazonaws.com", "rds.us-east-1.amazonaws.com"];
    private static readonly string?[] Purposes = [null, "reports", "x"];
    private static readonly string?[] Endpoints = [null, "vpce-1", "vpce-2"];

    private static readonly Gen<string> Condition =
        from prefix in Gen.OneOf(Prefixes.Select(text => Gen.Const(text)).ToArray())
        from name in Gen.OneOf(Operators.Select(text => Gen.Const(text)).ToArray())
        from suffix in Gen.OneOf(Suffixes.Select(text => Gen.Const(text)).ToArray())
        from key in Gen.Int[0, Keys.Length - 1]
        from value in Gen.Int[0, 2].Array[1, 2]
        select $"\"{prefix}{name}{suffix}\":{{\"{Keys[key].Key}\":[{string.Join(',', value.Select(index => $"\"{Keys[key].Values[index % Keys[key].Values.Length]}\"").Distinct())}]}}";

    private static readonly Gen<string> Statement =
        from effect in Gen.Int[0, 2]
        from principal in Gen.Int[0, PrincipalElements.Length - 1]
        from action in Gen.Int[0, Actions.Length - 1]
        from resource in Gen.Int[0, Resources.Length - 1]
        from conditions in Condition.Array[0, 2]
        select $$$$"""
            {"Effect":"{{{{(effect == 0 ? "Deny" : "Allow")}}}}",{{{{PrincipalElements[principal]}}}},{{{{Resources[resource]}}}}{{{{Actions[action]}}}},"Condition":{{{{{string.Join(',', conditions.DistinctBy(text => text.Split('{')[0]))}}}}}}
            """;

    [Fact]
    public void Whatever_call_is_let_through_that_was_not_is_told_of() =>
        Gen.Select(Statement.Array[1, 3], Statement.Array[0, 2], Gen.Int[0, 3]).Sample(
            (before, added, dropped) =>
            {
                string[] after = [.. before.Where((_, index) => index != dropped), .. added];
                var (old, now) = (Document(before), Document(after));
                var opened = Calls.FirstOrDefault(call => IsAllowed(now, call) && !IsAllowed(old, call));
                if (opened is null)
                    return;

                PolicyExposure.Compare(Text(before), Text(after), Owner).ShouldNotBeEmpty($"{opened}\n{Text(before)}\n{Text(after)}");
            },
            iter: 20_000);

    [Fact]
    public void Denial_that_is_added_and_statement_that_is_dropped_opens_nothing() =>
        Gen.Select(Statement.Array[1, 3], Statement).Sample(
            (before, added) =>
            {
                var denial = added.Replace("\"Effect\":\"Allow\"", "\"Effect\":\"Deny\"", StringComparison.Ordinal);
                PolicyExposure.Compare(Text(before), Text([.. before, denial]), Owner).ShouldBeEmpty();
                if (before[0].Contains("\"Effect\":\"Allow\"", StringComparison.Ordinal))
                    PolicyExposure.Compare(Text(before), Text(before[1..]), Owner).ShouldBeEmpty();
            },
            iter: 5_000);

    private static IEnumerable<Call> Calls =>
        from principal in Principals
        from service in Services
        from purpose in Purposes
        from endpoint in Endpoints
        select new Call(principal, service, purpose, endpoint);

    private static string Text(IEnumerable<string> statements) => $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements)}}]}""";

    private static JsonArray Document(IEnumerable<string> statements) => JsonNode.Parse(Text(statements))!["Statement"]!.AsArray();

    /// <summary>A Decrypt with the key.</summary>
    private sealed record Call(string Principal, string? Service, string? Purpose, string? Endpoint)
    {
        public string Account => Principal.Split(':')[4];

        public string? this[string key] => key switch
        {
            "aws:PrincipalArn" => Principal,
            "aws:PrincipalAccount" => Account,
            "kms:ViaService" => Service,
            "kms:EncryptionContext:purpose" => Purpose,
            _ => Endpoint,
        };
    }

    private static bool IsAllowed(JsonArray statements, Call call)
    {
        var applying = statements.Where(statement => Applies(statement!.AsObject(), call)).Select(statement => statement!["Effect"]!.GetValue<string>()).ToList();
        return applying.Contains("Allow") && !applying.Contains("Deny");
    }

    private static bool Applies(JsonObject statement, Call call) =>
        IsAmong(statement, "Principal", name => name == "*" || name == call.Principal || name == call.Account || name == $"arn:aws:iam::{call.Account}:root")
        && IsAmong(statement, "Action", name => Like(name, "kms:Decrypt"))
        && IsAmong(statement, "Resource", name => Like(name, KeyArn))
        && (statement["Condition"]?.AsObject() ?? []).All(condition => condition.Value!.AsObject().All(key => Holds(condition.Key, Texts(key.Value!), call[key.Key])));

    private static bool IsAmong(JsonObject statement, string element, Func<string, bool> fits) => statement[element] is { } named
        ? Texts(named).Any(fits)
        : statement["Not" + element] is { } excluded && !Texts(excluded).Any(fits);

    private static bool Holds(string name, IReadOnlyList<string> values, string? actual)
    {
        var isNegated = name.Contains("Not", StringComparison.Ordinal);
        if (actual is null)
        {
            return name.EndsWith("IfExists", StringComparison.Ordinal) || name.StartsWith("ForAllValues:", StringComparison.Ordinal)
                || isNegated && !name.StartsWith("ForAnyValue:", StringComparison.Ordinal);
        }

        var fits = values.Any(value => name.Contains("Like", StringComparison.Ordinal) ? Like(value, actual) : value == actual);
        return fits != isNegated;
    }

    private static bool Like(string pattern, string text) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(pattern, text);

    private static IReadOnlyList<string> Texts(JsonNode node) => node switch
    {
        JsonArray list => [.. list.Select(item => item!.GetValue<string>())],
        JsonObject types => [.. types.SelectMany(type => Texts(type.Value!))],
        _ => [node.GetValue<string>()],
    };
}
