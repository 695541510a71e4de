"""A visitor of the shop who keeps his connection and his cookies, and takes as little of the machine as can be.

Python's own HTTP client costs more than a kept page does, and both run on the same cores.
"""

import re
import socket
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlencode

HOST = "127.0.0.1"
END_OF_HEAD = b"\r\n\r\n"
CHUNK = 262_144


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    head: str
    body: bytes

    @property
    def location(self) -> str:
        """Return where a redirect leads, an empty text for none."""
        return _header(self.head, "location")

    def hidden(self, name: str) -> str:
        """Return the value of a hidden field of the page. Raises ValueError when there is none."""
        found = re.search(rf'<input id="{name}" name="{name}" type="hidden" value="([^"]*)"', self.body.decode())
        if found is None:
            raise ValueError(f"no field {name} in the answer {self.status}: {self.body[:300]!r}")
        return found[1]


class Shopper(Protocol):
    """Whoever can open pages and send forms."""

    def get(self, path: str) -> Answer: ...

    def post(self, path: str, fields: dict[str, str]) -> Answer: ...


class Visitor:
    """A shopper over HTTP."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port = port
        self.cookies = dict(cookies or {})
        self._socket: socket.socket | None = None

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._ask("GET", path, b"")

    def post(self, path: str, fields: dict[str, str]) -> Answer:
        """Send a form."""
        return self._ask("POST", path, urlencode(fields).encode())

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _ask(self, method: str, path: str, body: bytes) -> Answer:
        connection = self._socket or socket.create_connection((HOST, self.port))
        connection.sendall(self._head(method, path, len(body)).encode() + body)
        answer = _read(connection)
        self._remember(answer.head)
        if _header(answer.head, "connection").lower() == "close":
            connection.close()
            self._socket = None
        else:
            self._socket = connection
        return answer

    def _head(self, method: str, path: str, length: int) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}", "Accept: text/html"]
        lines += [f"Cookie: {cookies}"] if cookies else []
        if method == "POST":
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {length}"]
        return "\r\n".join(lines) + "\r\n\r\n"

    def _remember(self, head: str) -> None:
        for name, value in re.findall(r"^set-cookie: ([^=]+)=([^;\r]*)", head, re.IGNORECASE | re.MULTILINE):
            self.cookies[name] = value


def _read(connection: socket.socket) -> Answer:
    received = b""
    while END_OF_HEAD not in received:
        received += _more(connection)
    raw_head, body = received.split(END_OF_HEAD, 1)
    head = raw_head.decode("latin-1")
    parts = [body]
    missing = int(_header(head, "content-length") or 0) - len(body)
    while missing > 0:
        parts.append(_more(connection))
        missing -= len(parts[-1])
    return Answer(int(head[9:12]), head, b"".join(parts))


def _more(connection: socket.socket) -> bytes:
    data = connection.recv(CHUNK)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def _header(head: str, name: str) -> str:
    found = re.search(rf"^{name}: *([^\r]*)", head, re.IGNORECASE | re.MULTILINE)
    return found[1] if found else ""
