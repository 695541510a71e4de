"""A mail server on this machine that keeps what it takes, and fails when it is told to."""

import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message


class Mailbox:
    """What arrived, and what goes wrong next: `at` a word of the conversation answer `says`; empty breaks it off."""

    def __init__(self) -> None:
        self.letters: list[Message] = []
        self.faults: list[tuple[str, str]] = []
        self.meanwhile: list[Callable[[], None]] = []
        """What else happens while the next letters arrive, one for each."""
        self.url = ""

    def fail(self, at: str, says: str = "", times: int = 1) -> None:
        """Let the next conversations go wrong."""
        self.faults += [(at, says)] * times

    def texts(self) -> list[str]:
        """Return the words of all letters."""
        return [str(letter.get_payload(decode=True), "utf-8") for letter in self.letters]


class _Talk(socketserver.StreamRequestHandler):
    server: "_Server"

    def handle(self) -> None:
        box = self.server.box
        fault = box.faults.pop(0) if box.faults else ("", "")
        self._say("220 mailbox")
        while line := self.rfile.readline().strip().decode():
            word = line.partition(" ")[0].upper()
            if word == "QUIT":
                return self._say("221 bye")
            if word == fault[0]:
                if not fault[1]:
                    return None
                self._say(fault[1])
            elif word == "DATA":
                self._say("354 go on")
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                box.letters.append(message_from_bytes(letter))
                if box.meanwhile:
                    box.meanwhile.pop(0)()
                if fault == ("END", ""):
                    return None  # it took the letter, and is gone before it says so
                self._say("250 kept")
            else:
                self._say("250 fine")
        return None

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    box: Mailbox


@contextmanager
def open_box() -> Iterator[Mailbox]:
    """Run a mail server until the block ends."""
    with _Server(("127.0.0.1", 0), _Talk) as server:
        server.box = Mailbox()
        server.box.url = f"smtp://127.0.0.1:{server.server_address[1]}?tls=no"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield server.box
        server.shutdown()
