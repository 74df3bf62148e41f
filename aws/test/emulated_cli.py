"""The AWS CLI as a server: it is loaded once and forks for each command, so that a command takes milliseconds instead of a second.

Usage: emulated_cli.py SOCKET ENDPOINT, with the interpreter of the AWS CLI 2. emulated_call.py is its client.
"""

import json
import os
import signal
import socket
import sys
import traceback

import awscli.clidriver

import emulated_deploy

SERVICES = ["cloudformation", "sts", "iam", "secretsmanager", "ssm", "ecr", "ecs", "logs", "cloudtrail", "cloudwatch", "kms", "rds", "elbv2", "ec2"]


def main() -> None:
    path, endpoint = sys.argv[1:]
    driver = awscli.clidriver.create_clidriver()
    for service in SERVICES:
        driver.session.get_service_model(service)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(64)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            answer(connection, driver, endpoint)
        connection.close()


def answer(connection, driver, endpoint) -> None:
    """Runs one command with the streams, the environment and the folder of whoever called, and tells the exit code."""
    code = 255
    try:
        text, streams, _, _ = socket.recv_fds(connection, 1 << 16, 3)
        while chunk := connection.recv(1 << 16):
            text += chunk
        request = json.loads(text)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
        os.environ.clear()
        os.environ.update(request["environment"])
        os.chdir(request["folder"])
        code = run(driver, endpoint, request["arguments"])
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 255
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except OSError:
                pass
        connection.sendall(str(code or 0).encode())
        os._exit(0)


def run(driver, endpoint, arguments) -> int:
    if arguments[:2] == ["cloudformation", "deploy"]:
        emulated_deploy.deploy(driver.session.create_client("cloudformation", region_name=os.environ["AWS_REGION"], endpoint_url=endpoint), arguments)
        return 0
    return driver.main(arguments if arguments[:1] == ["--version"] else ["--endpoint-url", endpoint, *arguments])


main()
