"""Makes templates that Moto can take: leaves out what it does not know, and says so on standard error.

Usage: emulated.py FOLDER TEMPLATE... It writes into the folder. Moto and cfn-lint bring what is imported here.
"""

import json
import os
import sys

import cfnlint.decode.cfn_yaml
import moto.backends
from moto.cloudformation import parsing

# Resources that Moto's CloudFormation makes wrongly or not at all; the API of some it has, so the scripts find what they ask for.
BROKEN = {"AWS::RDS::DBInstance", "AWS::RDS::DBParameterGroup", "AWS::RDS::DBSubnetGroup"}

# Attributes of what it makes, and does not tell.
UNKNOWN = {"LoadBalancerFullName", "TargetGroupFullName", "QueueName"}


def main() -> None:
    for template in sys.argv[2:]:
        with open(os.path.join(sys.argv[1], os.path.basename(template)), "w", encoding="utf-8") as file:
            json.dump(emulated(template), file)


def emulated(name: str) -> dict:
    template = json.loads(json.dumps(cfnlint.decode.cfn_yaml.load(name)))
    resources = template["Resources"]
    known = set(parsing.get_model_map()) - BROKEN
    left_out = {name: resource["Type"] for name, resource in resources.items() if resource["Type"] not in known}
    for resource, kind in left_out.items():
        print(f"left out: {kind}", file=sys.stderr)
        del resources[resource]
    for resource in resources.values():
        # Moto makes keys with the tags of KMS's API, and no key with CloudFormation's.
        if resource["Type"] == "AWS::KMS::Key":
            resource["Properties"].pop("Tags", None)
        after = resource.pop("DependsOn", [])
        after = [one for one in ([after] if isinstance(after, str) else after) if one not in left_out]
        if after:
            resource["DependsOn"] = after
    # CloudFormation's rules and metadata are not Moto's business.
    template.pop("Rules", None)
    template.pop("Metadata", None)
    return replace(template, left_out)


def replace(node, left_out):
    """References to what is left out become text of the right form; Fn::Cidr, which Moto has not, what AWS would work out."""
    if isinstance(node, list):
        return [replace(child, left_out) for child in node]
    if not isinstance(node, dict):
        return node
    if len(node) == 1:
        (function, argument), = node.items()
        if function == "Ref" and argument in left_out:
            return f"emulated-{argument.lower()}"
        if function == "Fn::GetAtt":
            name, attribute = argument if isinstance(argument, list) else argument.split(".", 1)
            if name in left_out or attribute in UNKNOWN:
                return text(name, attribute)
        if function == "Fn::Select" and isinstance(argument[1], dict) and "Fn::Cidr" in argument[1]:
            return f"10.42.{int(argument[0])}.0/24"
        if function == "Fn::Sub":
            return {"Fn::Sub": substitute(argument, left_out)}
    return {key: replace(child, left_out) for key, child in node.items()}


def substitute(argument, left_out):
    pattern, variables = (argument[0], dict(argument[1])) if isinstance(argument, list) else (argument, {})
    for name in left_out:
        pattern = pattern.replace("${%s}" % name, f"emulated-{name.lower()}")
        start = pattern.find("${%s." % name)
        while start >= 0:
            end = pattern.index("}", start)
            pattern = pattern[:start] + text(name, pattern[start + len(name) + 3 : end]) + pattern[end + 1 :]
            start = pattern.find("${%s." % name)
    return [pattern, replace(variables, left_out)] if variables else pattern


def text(name: str, attribute: str) -> str:
    return f"arn:aws:emulated:eu-west-1:123456789012:{name}" if attribute.endswith("Arn") else f"emulated-{name.lower()}"


main()
