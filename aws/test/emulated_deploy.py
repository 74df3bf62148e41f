"""Stands in for 'aws cloudformation deploy' against Moto, whose change sets forget a stack's outputs: creates or updates the stack directly.

Usage: emulated_deploy.py ENDPOINT --stack-name NAME --template-file FILE [--parameter-overrides KEY=VALUE ...]
"""

import sys

import boto3
from botocore.exceptions import ClientError

endpoint, arguments = sys.argv[1], sys.argv[2:]
name = arguments[arguments.index("--stack-name") + 1]
with open(arguments[arguments.index("--template-file") + 1], encoding="utf-8") as file:
    template = file.read()
overrides = arguments[arguments.index("--parameter-overrides") + 1 :] if "--parameter-overrides" in arguments else []
given = dict(override.split("=", 1) for override in overrides)

cloudformation = boto3.client("cloudformation", endpoint_url=endpoint)
try:
    before = {parameter["ParameterKey"] for parameter in cloudformation.describe_stacks(StackName=name)["Stacks"][0].get("Parameters", [])}
except ClientError as problem:
    if "does not exist" not in str(problem):
        raise
    before = None

parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
parameters += [{"ParameterKey": key, "UsePreviousValue": True} for key in sorted((before or set()) - set(given))]
change = cloudformation.create_stack if before is None else cloudformation.update_stack
try:
    change(StackName=name, TemplateBody=template, Parameters=parameters, Capabilities=["CAPABILITY_IAM"])
except ClientError as problem:
    if "No updates are to be performed" not in str(problem):
        raise
