"""Stands in for 'aws cloudformation deploy' against Moto: creates or updates the stack directly, because Moto's change sets forget a stack's outputs, and
decides the template's conditions, because Moto makes nothing whose condition comes true later.

Usage: emulated_deploy.py ENDPOINT --stack-name NAME --template-file FILE [--parameter-overrides KEY=VALUE ...]
"""

import json
import sys

NO_VALUE = {"Ref": "AWS::NoValue"}


def deploy(cloudformation, arguments) -> None:
    name = arguments[arguments.index("--stack-name") + 1]
    with open(arguments[arguments.index("--template-file") + 1], encoding="utf-8") as file:
        template = json.load(file)
    overrides = arguments[arguments.index("--parameter-overrides") + 1 :] if "--parameter-overrides" in arguments else []
    # Of whichever botocore the client is: the CLI has one of its own.
    error = cloudformation.exceptions.ClientError

    values = {key: parameter["Default"] for key, parameter in template.get("Parameters", {}).items() if "Default" in parameter}
    change = cloudformation.update_stack
    try:
        before = cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Parameters", [])
        values.update({parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in before})
    except error as problem:
        if "does not exist" not in str(problem):
            raise
        change = cloudformation.create_stack
    values.update(override.split("=", 1) for override in overrides)

    parameters = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in values.items() if key in template["Parameters"]]
    try:
        change(StackName=name, TemplateBody=json.dumps(decided(template, values)), Parameters=parameters, Capabilities=["CAPABILITY_IAM"])
    except error as problem:
        if "No updates are to be performed" not in str(problem):
            raise


def decided(template, values):
    """The template without conditions: what does not hold is not in it."""
    conditions = template.pop("Conditions", {})

    def holds(test) -> bool:
        if isinstance(test, str):
            return holds(conditions[test])
        (function, argument), = test.items()
        if function == "Condition":
            return holds(argument)
        if function == "Fn::Equals":
            return value(argument[0]) == value(argument[1])
        if function == "Fn::Not":
            return not holds(argument[0])
        if function in ("Fn::And", "Fn::Or"):
            return (all if function == "Fn::And" else any)(holds(part) for part in argument)
        raise NotImplementedError(function)

    def value(node):
        return str(values[node["Ref"]] if isinstance(node, dict) else node)

    def choose(node):
        if isinstance(node, dict):
            if set(node) == {"Fn::If"}:
                test, yes, no = node["Fn::If"]
                return choose(yes if holds(test) else no)
            chosen = {key: choose(child) for key, child in node.items()}
            return {key: child for key, child in chosen.items() if child != NO_VALUE}
        if isinstance(node, list):
            return [child for child in map(choose, node) if child != NO_VALUE]
        return node

    for section in ("Resources", "Outputs"):
        parts = {key: part for key, part in template.get(section, {}).items() if "Condition" not in part or holds(part["Condition"])}
        template[section] = {key: choose({name: child for name, child in part.items() if name != "Condition"}) for key, part in parts.items()}
    return template


if __name__ == "__main__":
    import boto3

    deploy(boto3.client("cloudformation", endpoint_url=sys.argv[1]), sys.argv[2:])
