"""Runs botocore, the library that the aws CLI and boto3 are made of, against a LocalAws: python3 check.py SERVICE ENDPOINT < calls.json

Prints one line of JSON for each check: {"check": ...} or {"check": ..., "error": ...}.
"""

import base64
import datetime
import json
import re
import sys
import time

import awscli  # noqa: F401  version 2 of the CLI has a copy of botocore, and puts it in place of any other

from botocore import config, exceptions, session

NAME = re.compile(r"\$\{(\w+)\}")


def fill(value, kept):
    if isinstance(value, str):
        whole = NAME.fullmatch(value)
        return kept[whole[1]] if whole else NAME.sub(lambda name: kept[name[1]], value)
    if isinstance(value, list):
        return [fill(item, kept) for item in value]
    if not isinstance(value, dict):
        return value
    if "$blob" in value:
        return base64.b64decode(value["$blob"])
    if "$seconds" in value:
        return datetime.datetime.fromtimestamp(int(time.time()) + value["$seconds"], datetime.timezone.utc)
    if "$millis" in value:
        return int(time.time() * 1000) + value["$millis"]
    return {name: fill(content, kept) for name, content in value.items()}


def part(answer, path):
    for name in path.split("."):
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return answer


def check(client, call, kept):
    send = lambda: client._make_api_call(call["call"], fill(call["with"], kept))
    if "fails" in call:
        try:
            send()
        except exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            assert code in (call["fails"], call.get("code")), f"failed with {code}, not with {call['fails']}"
            assert error.response["ResponseMetadata"].get("RequestId"), f"{code} has no request id"
            return
        raise AssertionError(f"succeeded, and should fail with {call['fails']}")

    answer = send()
    assert answer["ResponseMetadata"].get("RequestId"), "the answer has no request id"
    for name, path in call.get("keep", {}).items():
        kept[name] = part(answer, path)
    known = client.meta.service_model.operation_model(call["call"]).output_shape
    for path, value in call.get("gives", {}).items():
        if path.split(".")[0] not in (known.members if known else []):
            continue  # of an old copy
        expected = fill(value, kept)
        assert part(answer, path) == expected, f"{path} is {part(answer, path)!r}, not {expected!r}"


def main(service, endpoint):
    # Not its own checks of requests: the endpoint's are wanted.
    settings = config.Config(parameter_validation=False, retries={"max_attempts": 1}, proxies={})
    client = session.get_session().create_client(
        service, region_name="us-east-1", endpoint_url=endpoint, aws_access_key_id="AKIAPYTHON0000000000", aws_secret_access_key="lab", config=settings)
    model = client.meta.service_model
    kept = {"name": f"py-{int(time.time() * 1000):x}"}
    kept["prefix"] = kept["name"][:6]
    for call in json.load(sys.stdin)[service]:
        # An old copy lacks operations that AWS has added since, and their newer members.
        if call["call"] not in model.operation_names:
            continue
        shape = model.operation_model(call["call"]).input_shape
        if not set(call["with"]) <= set(shape.members if shape else []):
            continue
        name = f"{service} {call['call']} {json.dumps(call['with'])}"
        try:
            check(client, call, kept)
            print(json.dumps({"check": name}))
        except Exception as error:  # each check fails by itself
            print(json.dumps({"check": name, "error": f"{type(error).__name__}: {error}"}))


main(*sys.argv[1:])
