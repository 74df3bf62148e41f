using KmsLab.CloudTrail.FilterPatterns;

namespace KmsLab.Tests.CloudTrail.FilterPatterns;

/// <summary>
/// The examples of AWS's page, with the results that it states:
/// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
/// </summary>
public sealed class DocumentedExamplesTests
{
    private const string Event = """
        {"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111","arrayKey":["value","another value"],
         "objectList":[{"name":"a","id":1},{"name":"b","id":2}],"SomeObject":null,"cluster.name":"c","ThisFlag":true}
        """;

    private const string Compound = """
        {"user":{"id":1,"email":"John.Stiles@example.com"},
         "users":[{"id":2,"email":"John.Doe@example.com"},{"id":3,"email":"Jane.Doe@example.com"}],
         "actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6],[7,8,9]]}
        """;

    private const string Access = "127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] \"GET /index.html HTTP/1.0\" 404 1534";

    [Theory]
    [InlineData("ERROR", "[ERROR 400] BAD REQUEST", true)]
    [InlineData("ERROR", "Exiting with ERRORCODE: -1", true)]
    [InlineData("ERROR", "[Error 400] BAD REQUEST", false)]
    [InlineData("ERROR ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", true)]
    [InlineData("ERROR ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST", false)]
    [InlineData("ERROR Exception", "[ERROR] Caught IllegalArgumentException", true)]
    [InlineData("?ERROR ?ARGUMENTS", "[ERROR 401] UNAUTHORIZED REQUEST", true)]
    [InlineData("?ERROR ?WARN", "INFO message", false)]
    [InlineData("?ERROR ?ARGUMENTS REQUEST", "[INFO] REQUEST FAILED", true)]
    [InlineData("?ERROR ?ARGUMENTS REQUEST", "[ERROR] MISSING ARGUMENTS", false)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "[ERROR 500] INTERNAL SERVER ERROR", true)]
    [InlineData("\"INTERNAL SERVER ERROR\"", "[ERROR 500] SERVER ERROR INTERNAL", false)]
    [InlineData("ERROR -ARGUMENTS", "[ERROR 400] BAD REQUEST", true)]
    [InlineData("ERROR -ARGUMENTS", "[ERROR 419] MISSING ARGUMENTS", false)]
    [InlineData("\"ERROR\" - \"Exiting\"", "Exiting with ERRORCODE: -1", false)]
    [InlineData("", "anything", true)]
    [InlineData("\" \"", "anything", true)]
    public void Terms(string pattern, string message, bool matches) => FilterPattern.Parse(pattern).Matches(message).ShouldBe(matches);

    [Theory]
    [InlineData("%AUTHORIZED%", "[ERROR 401] UNAUTHORIZED REQUEST", true)]
    [InlineData("%AUTHORIZED%", "[ERROR 400] BAD REQUEST", false)]
    [InlineData("%^[hc]at%", "cat", true)]
    [InlineData("%^[hc]at%", "a cat", false)]
    [InlineData("%[hc]at$%", "the hat", true)]
    [InlineData("%[hc]at$%", "hats", false)]
    [InlineData("%colou?r%", "color", true)]
    [InlineData("%[abcx-z]%", "y", true)]
    [InlineData("%[abcx-z]%", "d", false)]
    [InlineData("%^a{3,5}$%", "aaaaaa", false)]
    [InlineData("%^a{,2}$%", "aa", true)]
    [InlineData("%gra|ey%", "grey", true)]
    [InlineData("%^starting|^initializing|^shutting down%", "shutting down", true)]
    [InlineData("%^starting|^initializing|^shutting down%", "skipping initializing ...", false)]
    [InlineData("%abcc|ab[^c]$%", "aba", true)]
    [InlineData("%abcc|ab[^c]$%", "aac", false)]
    [InlineData(@"%\[.\]%", "[@]", true)]
    [InlineData(@"%\[.\]%", "@", false)]
    [InlineData(@"%10\.10\.0\.1%", "10010,051", false)]
    [InlineData("%10.10.0.1%", "10010,051", true)]
    [InlineData("%ab*c%", "ac", true)]
    [InlineData("%ab+c%", "ac", false)]
    [InlineData("%.at%", "#at", true)]
    [InlineData(@"%^\d\D$%", "7x", true)]
    [InlineData(@"%^\w\W\s\S$%", "_. x", true)]
    [InlineData(@"%\x3A\x28%", "a:(b", true)]
    public void Regular_expressions(string pattern, string message, bool matches) => FilterPattern.Parse(pattern).Matches(message).ShouldBe(matches);

    [Theory]
    [InlineData("{ $.eventType = \"UpdateTrail\" }", true)]
    [InlineData("{ $.sourceIPAddress != 123.123.* }", true)]
    [InlineData("{ $.sourceIPAddress != 111.111.* }", false)]
    [InlineData("{ $.arrayKey[0] = \"value\" }", true)]
    [InlineData("{ $.eventType = %Trail% }", true)]
    [InlineData("{ $.arrayKey[*] = %val.{2}% }", true)]
    [InlineData(@"{ $.* = %111\.111\.111\.1[0-9]{1,2}% }", true)]
    [InlineData("{ $.['cluster.name'] = \"c\" }", true)]
    [InlineData("{ $.SomeObject IS NULL }", true)]
    [InlineData("{ $.eventType IS NULL }", false)]
    [InlineData("{ $.ThisFlag IS TRUE }", true)]
    [InlineData("{ $.ThisFlag IS FALSE }", false)]
    [InlineData("{ $.SomeOtherObject NOT EXISTS }", true)]
    [InlineData("{ $.SomeObject NOT EXISTS }", false)]
    [InlineData("{ $.objectList[1].id = 2 }", true)]
    [InlineData("{ $.ThisFlag[0] = \"value\" }", false)]
    public void Json_strings(string pattern, bool matches) => FilterPattern.Parse(pattern).Matches(Event).ShouldBe(matches);

    [Theory]
    [InlineData("{ $.bandwidth > 75 }", """{"bandwidth":75.5}""", true)]
    [InlineData("{ $.latency < 50 }", """{"latency":50}""", false)]
    [InlineData("{ $.refreshRate >= 60 }", """{"refreshRate":60}""", true)]
    [InlineData("{ $.responseTime <= 5 }", """{"responseTime":6}""", false)]
    [InlineData("{ $.errorCode = 400}", """{"errorCode":400}""", true)]
    [InlineData("{ $.errorCode != 500 }", """{"errorCode":500}""", false)]
    [InlineData("{ $.errorCode = 4* }", """{"errorCode":404}""", true)]
    [InlineData("{ $.number[0] = 1e+3 }", """{"number":[1000]}""", true)]
    [InlineData("{ $.number[0] != 1e-3 }", """{"number":[0.001]}""", false)]
    [InlineData("{ $.numbers[0] < 10e-3 }", """{"numbers":[0.001]}""", true)]
    [InlineData("{ $.latency > +1000 }", """{"latency":1001}""", true)]
    public void Json_numbers(string pattern, string message, bool matches) => FilterPattern.Parse(pattern).Matches(message).ShouldBe(matches);

    [Theory]
    [InlineData("{ ($.user.id = 1) && ($.users[0].email = \"John.Doe@example.com\") }", true)]
    [InlineData("{ $.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = \"nonmatch\" && $.actions[2] = \"nonmatch\" }", true)]
    [InlineData("{ ($.user.email = \"John.Stiles@example.com\" || $.coordinates[0][1] = \"nonmatch\") && $.actions[2] = \"nonmatch\" }", false)]
    [InlineData("{ ($.user.id = 2 && $.users[0].email = \"nonmatch\") || $.actions[2] = \"GET\" }", false)]
    [InlineData("{ $.users = 1 }", false)]
    [InlineData("{ $.users != 1 }", false)]
    public void Json_compounds(string pattern, bool matches) => FilterPattern.Parse(pattern).Matches(Compound).ShouldBe(matches);

    [Theory]
    [InlineData(@"[ip=%127\.0\.0\.[1-9]%, user, username, timestamp, request =*.html*, status_code = 4*, bytes]", Access, true)]
    [InlineData("[..., request =*.html*, status_code = 4*, bytes]", Access, true)]
    [InlineData("[ip, user, username, timestamp, request =*.html*, status_code = 404 || status_code = 410, bytes]", Access, true)]
    [InlineData("[ip, user, username, timestamp, request, status_code, bytes > 2000]", Access, false)]
    [InlineData("[ip, user, ...]", Access, true)]
    [InlineData("[w1=ERROR, w2]", "ERROR 09/25/2014 12:00:02 Failed to process request", true)]
    [InlineData("[w1=ERROR, w2]", "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200", false)]
    [InlineData("[w1=ERROR || w1=WARNING, w2]", "WARNING 09/25/2014 12:00:02 Invalid user request", true)]
    [InlineData("[w1!=ERROR && w1!=WARNING, w2]", "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200", true)]
    [InlineData("[w1!=ERROR && w1!=WARNING, w2]", "ERROR 09/25/2014 12:00:02 Failed to process request", false)]
    [InlineData("[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]", "INFO 09/25/2014 12:00:00 GET /service/resource/67 1200", true)]
    [InlineData("[logLevel, date, time, method, url=%/service/resource/[0-9]+$%, response_time]", "INFO 09/25/2014 12:00:01 POST /service/resource/67/part/111 1310", false)]
    public void Space_delimited(string pattern, string message, bool matches) => FilterPattern.Parse(pattern).Matches(message).ShouldBe(matches);
}
