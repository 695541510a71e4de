"""A network as it is in a yard: cut, or dropping replies, sending late and twice. The phone knows only its address."""

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
POST = "/kasir/kirim"
Request = tuple[str, str, bytes, dict[str, str]]
"""Method, path, body, headers."""
Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers, body."""


@dataclass
class Network:
    """What it does to whoever asks; `asked` notes what came through to the server, and how often."""

    port: int
    mode: str = "good"
    """`good`, `cut` (nothing gets through), or `bad` (as `_mishap` says for what a till sends)."""
    asked: list[str] = field(default_factory=list)
    sent: int = 0
    """Bytes that went to the phone."""
    late: list[Request] = field(default_factory=list)
    bad_for: str = POST
    """The address with which it meddles when it is bad."""
    chance: random.Random = field(default_factory=lambda: random.Random(5))

    def forward(self, request: Request) -> Answer:
        """Ask the server and return its answer."""
        method, path, body, headers = request
        self.asked.append(f"{method} {path}")
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, [(n, v) for n, v in answer.getheaders() if n.lower() not in HOP], content

    def carry(self, request: Request) -> Answer | None:
        """Bring a request to the server and return its answer, or None when none comes back."""
        what = self._mishap(request[1])
        if what == "late":
            self.late.append(request)
        if what in ("lost", "late"):
            return None
        if what == "twice":
            self.forward(request)
        answer = self.forward(request)
        self.catch_up()
        return None if what == "reply lost" else answer

    def _mishap(self, path: str) -> str:
        if self.mode == "cut":
            return "lost"
        if self.mode == "bad" and path == self.bad_for:
            return self.chance.choice(("good", "reply lost", "lost", "late", "twice"))
        return "good"

    def catch_up(self) -> None:
        """Bring what was on its way for long to the server; nobody waits for its answer any more."""
        waiting, self.late = self.late, []
        for request in waiting:
            self.forward(request)


class Server(ThreadingHTTPServer):
    """Lets a browser that asks for everything at once wait in line; what does not fit in it would come seconds late."""

    daemon_threads = True
    request_queue_size = 128


def _handler(network: Network) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = (self.command, self.path, body, dict(self.headers.items()))
            answer = network.carry(request)
            if answer is not None:
                self.reply(*answer)

        def reply(self, status: int, headers: list[tuple[str, str]], content: bytes) -> None:
            self.send_response_only(status)
            for name, text in headers:
                self.send_header(name, text)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            network.sent += len(content) + sum(len(name) + len(text) + 4 for name, text in headers)

        do_GET = do_POST = handle_any  # noqa: N815 (the names that http.server asks for)

        def log_message(self, *_arguments: object) -> None:
            pass

    return Handler


@contextmanager
def between(port: int) -> Iterator[tuple[Network, str]]:
    """Stand between phones and the server at `port`; yields the network and the address that phones use."""
    network = Network(port)
    server = Server(("127.0.0.1", 0), _handler(network))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield network, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
