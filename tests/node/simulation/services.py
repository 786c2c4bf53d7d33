# SPDX-License-Identifier: GPL-2.0-or-later
"""What components answer on their sockets: k0s' status, kube-proxy's mode, or nothing at all."""

import json
import os
import signal
import socket
from pathlib import Path

from . import actors


def _listen(where):
    """`where` is an absolute path or "address:port"."""
    if where.startswith("/"):
        Path(where).parent.mkdir(parents=True, exist_ok=True)
        server = socket.socket(socket.AF_UNIX)
        server.bind(where)
    else:
        address, _, port = where.rpartition(":")
        server = socket.socket(socket.AF_INET)
        server.bind((address, int(port)))
    server.listen(8)
    return server


def _answer(connection, answers):
    """One HTTP request, one answer, closed."""
    with connection:
        request = connection.recv(4096).decode(errors="replace").split()
        path = request[1] if len(request) > 1 else ""
        body = answers.get(path)
        status = "404 Not Found" if body is None else "200 OK"
        text = body if isinstance(body, str) else json.dumps(body)
        connection.sendall(
            f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()
        )


def start(where, answers):
    """Serves `answers` (path to text or JSON); with None it accepts nobody and never answers."""

    def work(ready):
        server = _listen(where)
        actors.detach_from_terminal()
        os.close(ready)
        while answers is None:
            signal.pause()
        while True:
            _answer(server.accept()[0], answers)

    actors.start(work)
