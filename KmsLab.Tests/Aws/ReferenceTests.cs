using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KmsLab.Tests.Aws;

/// <summary>What a template names is there: in it, or exported by another stack.</summary>
public sealed partial class ReferenceTests
{
    // What 'aws cloudformation deploy' takes without a bucket in between.
    private const int MaxTemplate = 51_200;

    [Theory]
    [MemberData(nameof(Template.Names), MemberType = typeof(Template))]
    public void Template_names_only_what_it_has(string name)
    {
        var template = Template.All[name];
        string[] known = [.. template.Parameters.Select(entry => entry.Key), .. template.Resources.Select(entry => entry.Key)];

        ReferencesOf(template).Where(id => !id.StartsWith("AWS::", StringComparison.Ordinal) && !known.Contains(id)).ShouldBeEmpty();
        ConditionsOf(template).Except(template.Conditions.Select(entry => entry.Key)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Template.Names), MemberType = typeof(Template))]
    public void Template_uses_each_of_its_parameters_and_conditions(string name)
    {
        var template = Template.All[name];
        var used = ReferencesOf(template).ToHashSet();

        template.Parameters.Select(entry => entry.Key).Where(parameter => !used.Contains(parameter)).ShouldBeEmpty();
        template.Conditions.Select(entry => entry.Key).Except(ConditionsOf(template)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Template.Names), MemberType = typeof(Template))]
    public void Template_is_small_enough_to_deploy_without_a_bucket(string name) =>
        System.Text.Encoding.UTF8.GetByteCount(Template.All[name].Text).ShouldBeLessThan(MaxTemplate);

    [Fact]
    public void Imports_are_exported_by_the_stack_that_the_parameter_stands_for()
    {
        var imports = Imports().ToList();

        imports.ShouldNotBeEmpty();
        foreach (var (template, parameter, export) in imports)
            ExportsOf(StackOf(template, parameter)).ShouldContain($"${{AWS::StackName}}-{export}", $"{template.Name} imports {export} through {parameter}");
    }

    [Fact]
    public void Exports_are_imported()
    {
        var imported = Imports().Select(import => (Deployment.Stacks[StackOf(import.Template, import.Parameter)], $"${{AWS::StackName}}-{import.Export}")).ToHashSet();

        foreach (var (stack, file) in Deployment.Stacks)
            ExportsOf(stack).Where(export => !imported.Contains((file, export))).ShouldBeEmpty($"{file} exports what no template imports");
    }

    [Fact]
    public void Stacks_are_deployed_after_those_they_import_from()
    {
        var order = Deployment.Stacks.Keys.ToList();

        foreach (var (template, parameter, _) in Imports())
            order.IndexOf(StackOf(template, parameter)).ShouldBeLessThan(order.IndexOf(Deployment.Stacks.Single(stack => stack.Value == template.Name).Key));
    }

    /// <summary>A conditional resource may be named only where its condition holds as well.</summary>
    [Theory]
    [MemberData(nameof(Template.Names), MemberType = typeof(Template))]
    public void Conditional_resource_is_named_only_under_its_condition(string name)
    {
        var template = Template.All[name];
        foreach (var (id, resource) in template.Resources.Concat(template.Outputs))
        {
            if (resource!["Condition"] is { } own)
                Check(template, resource, [own.GetValue<string>()], $"{name} {id}");
            else
                Check(template, resource, [], $"{name} {id}");
        }
    }

    private static void Check(Template template, JsonNode? node, string[] holding, string where)
    {
        switch (node)
        {
            case JsonObject map when map.Count == 1 && map["Fn::If"] is JsonArray branches:
                Check(template, branches[1], [.. holding, branches[0]!.GetValue<string>()], where);
                Check(template, branches[2], holding, where);
                break;
            case JsonObject map:
                foreach (var id in NamedBy(map))
                {
                    if (template.Resources[id]?["Condition"]?.GetValue<string>() is { } needed)
                        holding.SelectMany(condition => Implied(template, condition)).ShouldContain(needed, $"{where} names {id}");
                }

                foreach (var (_, child) in map)
                    Check(template, child, holding, where);
                break;
            case JsonArray list:
                foreach (var child in list)
                    Check(template, child, holding, where);
                break;
            default:
                break;
        }
    }

    /// <summary>A condition, and those that it needs by And.</summary>
    private static IEnumerable<string> Implied(Template template, string condition) =>
        [condition, .. (template.Conditions[condition]!["Fn::And"] as JsonArray ?? []).Select(part => part!["Condition"]?.GetValue<string>()).OfType<string>()];

    private static IEnumerable<string> ReferencesOf(Template template) =>
        Template.Walk(template.Root).Select(found => found.Node).OfType<JsonObject>().SelectMany(NamedBy).Concat(DependenciesOf(template));

    private static IEnumerable<string> DependenciesOf(Template template) => template.Resources.SelectMany(resource => resource.Value!["DependsOn"] switch
    {
        JsonArray list => list.Select(id => id!.GetValue<string>()),
        { } one => [one.GetValue<string>()],
        null => [],
    });

    private static IEnumerable<string> NamedBy(JsonObject map)
    {
        if (map is { Count: 1 } && map["Ref"] is { } reference)
            yield return reference.GetValue<string>();
        if (map is { Count: 1 } && map["Fn::GetAtt"] is JsonArray attribute)
            yield return attribute[0]!.GetValue<string>();
        if (map["Fn::Sub"] is { } sub)
        {
            var own = sub is JsonArray ? sub[1]!.AsObject().Select(entry => entry.Key).ToHashSet() : [];
            foreach (Match variable in Variable.Matches((sub is JsonArray ? sub[0]! : sub).GetValue<string>()))
            {
                if (!own.Contains(variable.Groups[1].Value))
                    yield return variable.Groups[1].Value.Split('.')[0];
            }
        }
    }

    private static IEnumerable<string> ConditionsOf(Template template) =>
        Template.Walk(template.Root).Select(found => found.Node).OfType<JsonObject>()
            .Select(map => map["Fn::If"] is JsonArray branches ? branches[0] : map["Condition"] as JsonValue).OfType<JsonValue>().Select(condition => condition.GetValue<string>()).Distinct();

    private static IEnumerable<(Template Template, string Parameter, string Export)> Imports() =>
        from template in Template.All.Values
        from found in Template.Walk(template.Root)
        where found.Node is JsonObject map && map.ContainsKey("Fn::ImportValue")
        let parts = ImportName.Match(found.Node["Fn::ImportValue"]!["Fn::Sub"]!.GetValue<string>())
        select (template, parts.Groups[1].Value, parts.Groups[2].Value);

    private static string StackOf(Template template, string parameter) => template.Parameters[parameter]!["Default"]!.GetValue<string>();

    private static IEnumerable<string> ExportsOf(string stack) =>
        Template.All[Deployment.Stacks[stack]].Outputs.Select(output => output.Value!["Export"]?["Name"]?["Fn::Sub"]?.GetValue<string>()).OfType<string>();

    [GeneratedRegex(@"\$\{([^!}][^}]*)\}")]
    private static partial Regex Variable { get; }

    [GeneratedRegex(@"^\$\{(\w+Stack)\}-(\w+)$")]
    private static partial Regex ImportName { get; }
}
