"""Passes one command on to emulated_cli.py. Usage: emulated_call.py SOCKET ARGUMENT..."""

import json
import os
import socket
import sys

connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
request = json.dumps({"arguments": sys.argv[2:], "environment": dict(os.environ), "folder": os.getcwd()}).encode()
socket.send_fds(connection, [request[:1]], [0, 1, 2])
connection.sendall(request[1:])
connection.shutdown(socket.SHUT_WR)
sys.exit(int(connection.recv(16) or b"255"))
