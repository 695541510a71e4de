"""A small Stripe with state, as an HTTP server on loopback: sessions, refunds, disputes, keys used once, failures.

Every request is checked against our own schema; `requests` keeps them for the published one. What a buyer or the
service does is a method here: `pay`, `expire`, `dispute`. `event` makes the message about it, to be signed and
delivered by the test as often, as late and as wrong as it likes.
"""

import itertools
import json
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.payments import stripe_schema

SECRET = "whsec_uji"
KEY = "Idempotency-Key"
PAGE = "/c/"
"""Where buyers pay a session."""
HALF_AN_HOUR, DAY = 30 * 60, 24 * 60 * 60
Answer = tuple[int, dict[str, Any]]


class Refused(Exception):
    """An answer that says no: status, type and words."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status, self.kind, self.message = status, kind, message

    def body(self) -> dict[str, Any]:
        return {"error": {"type": self.kind, "message": self.message}}


class Stub:
    """The service's memory. `faults` say how the next requests fail: 500, 429, `hang`; `lost` is done, but not told."""

    def __init__(self) -> None:
        self.sessions: dict[str, dict[str, Any]] = {}
        self.intents: dict[str, dict[str, Any]] = {}
        self.refunds: dict[str, dict[str, Any]] = {}
        self.disputes: dict[str, dict[str, Any]] = {}
        self.keys: dict[str, tuple[str, Answer]] = {}
        self.faults: deque[str] = deque()
        self.requests: list[tuple[str, str, dict[str, Any]]] = []
        self.problems: list[str] = []
        self.refund_status = "succeeded"
        self.closing = threading.Event()
        self._lock = threading.RLock()
        self._numbers = itertools.count(1)
        self.url = ""

    # What the network asks

    def answer(self, method: str, address: str, body: str, key: str | None) -> Answer:
        """Answer one request; the same key with the same body gets the same answer, with another one a refusal."""
        path, query = urlsplit(address).path, urlsplit(address).query
        given = stripe_schema.decoded(body or query)
        with self._lock:
            self.requests.append((method, path, given))
            if method == "POST":
                self.problems += stripe_schema.problems(path, given)
            if key is None:
                return self._done(method, path, given)
            if key in self.keys:
                before, answer = self.keys[key]
                if before != path + body:
                    refused = Refused(400, "idempotency_error", "Keys can only be used with the same parameters")
                    return refused.status, refused.body()
                return answer
            answer = self._done(method, path, given)
            if answer[0] == 200:
                self.keys[key] = (path + body, answer)
            return answer

    def _done(self, method: str, path: str, given: dict[str, Any]) -> Answer:
        try:
            return 200, self._route(method, path, given)
        except Refused as refused:
            return refused.status, refused.body()

    def _route(self, method: str, path: str, given: dict[str, Any]) -> dict[str, Any]:
        parts = path.removeprefix("/v1/").split("/")
        if parts == ["checkout", "sessions"] and method == "POST":
            return self._make_session(given)
        if parts == ["checkout", "sessions"]:
            found = [each for each in self.sessions.values() if each["payment_intent"] == given["payment_intent"]]
            return {"object": "list", "data": [self._shown(each) for each in found]}
        if parts[:2] == ["checkout", "sessions"]:
            session = _found(self.sessions, parts[2])
            return self._expire(session) if parts[3:] == ["expire"] else self._shown(session)
        if parts == ["refunds"] and method == "POST":
            return self._make_refund(given)
        if parts == ["refunds"]:
            of = [each for each in self.refunds.values() if given.get("charge", each["charge"]) == each["charge"]]
            intent = given.get("payment_intent")
            return {"object": "list", "data": [each for each in of if intent in (None, each["payment_intent"])]}
        return dict(_found(self.refunds if parts[0] == "refunds" else self.disputes, parts[1]))

    def _make_session(self, given: dict[str, Any]) -> dict[str, Any]:
        ahead = given["expires_at"] - time.time()
        if not HALF_AN_HOUR <= ahead <= DAY:
            raise Refused(400, "invalid_request_error", "expires_at must be 30 minutes to 24 hours ahead")
        name = f"cs_test_{next(self._numbers)}"
        total = sum(line["quantity"] * line["price_data"]["unit_amount"] for line in given["line_items"])
        self.sessions[name] = {
            "id": name,
            "object": "checkout.session",
            "url": f"{self.url}{PAGE}{name}",
            "status": "open",
            "payment_status": "unpaid",
            "payment_intent": None,
            "amount_total": total,
            "currency": "idr",
            "metadata": given["metadata"],
            "expires_at": given["expires_at"],
            "success_url": given["success_url"],
        }
        return dict(self.sessions[name])

    def _shown(self, session: dict[str, Any]) -> dict[str, Any]:
        intent = session["payment_intent"]
        return {**session, "payment_intent": intent and dict(self.intents[intent])}

    def _expire(self, session: dict[str, Any]) -> dict[str, Any]:
        if session["status"] != "open":
            raise Refused(400, "invalid_request_error", "Only open sessions can be expired")
        session["status"] = "expired"
        return dict(session)

    def _make_refund(self, given: dict[str, Any]) -> dict[str, Any]:
        intent = _found(self.intents, given["payment_intent"])
        if given["amount"] > intent["amount_received"] - intent["refunded"]:
            raise Refused(400, "invalid_request_error", "Refund amount is greater than unrefunded amount on charge")
        return self._refund(intent, given["amount"], given["metadata"])

    def _refund(self, intent: dict[str, Any], amount: int, metadata: dict[str, str]) -> dict[str, Any]:
        name = f"re_{next(self._numbers)}"
        intent["refunded"] += amount
        self.refunds[name] = {
            "id": name,
            "object": "refund",
            "amount": amount,
            "currency": "idr",
            "status": self.refund_status,
            "payment_intent": intent["id"],
            "charge": intent["charge"],
            "metadata": metadata,
        }
        return dict(self.refunds[name])

    # What buyers, banks and the service do

    def session_of(self, payment_id: int) -> str:
        """Return the newest session of a payment."""
        return [name for name, each in self.sessions.items() if each["metadata"]["payment"] == str(payment_id)][-1]

    def pay(self, name: str, *, amount: int | None = None, currency: str = "idr", status: str = "succeeded") -> str:
        """Pay a session (amount in cents), at once or so that the money is only on its way; return the intent."""
        session = self.sessions[name]
        intent = session["payment_intent"] or f"pi_{next(self._numbers)}"
        if amount is not None:
            session["amount_total"] = amount
        session |= {"status": "complete", "currency": currency, "payment_intent": intent}
        self.intents[intent] = {
            "id": intent,
            "object": "payment_intent",
            "status": status,
            "charge": f"ch_{intent[3:]}",
            "amount_received": session["amount_total"],
            "refunded": 0,
        }
        session["payment_status"] = "paid" if status == "succeeded" else "unpaid"
        return intent

    def refund_outside(self, intent: str, amount: int) -> str:
        """Give money back by hand in the dashboard (cents); return the refund."""
        return str(self._refund(self.intents[intent], amount, {})["id"])

    def dispute(self, intent: str, amount: int, status: str = "needs_response") -> str:
        """Let the buyer's bank take money back (cents); return the dispute."""
        name = f"dp_{next(self._numbers)}"
        self.disputes[name] = {
            "id": name,
            "object": "dispute",
            "amount": amount,
            "currency": "idr",
            "status": status,
            "payment_intent": intent,
            "reason": "fraudulent",
            "created": int(time.time()),
            "evidence_details": {"due_by": int(time.time()) + 7 * DAY},
        }
        return name

    def event(self, kind: str, reference: str, **changed: Any) -> bytes:
        """Return the body of a message about something, which may tell lies about it."""
        number = next(self._numbers)
        thing = {"id": reference, **changed}
        return json.dumps({"id": f"evt_{number}", "object": "event", "type": kind, "data": {"object": thing}}).encode()


def signed(body: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """Return the headers of a message."""
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at)
    return {"Stripe-Signature": header, "Content-Type": "application/json"}


def _found(things: dict[str, dict[str, Any]], name: str) -> dict[str, Any]:
    if name not in things:
        raise Refused(404, "invalid_request_error", f"No such object: {name}")
    return things[name]


class Server(ThreadingHTTPServer):
    """The stub's memory behind a port of its own."""

    daemon_threads = True

    def __init__(self, stub: Stub) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.stub = stub
        stub.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        if self.path.startswith(PAGE):
            return self._send(200, b"<form method=post><button type=submit>Pay</button></form>", "text/html")
        return self._answer("GET")

    def do_POST(self) -> None:
        if self.path.startswith(PAGE):
            return self._pay()
        return self._answer("POST")

    def _pay(self) -> None:
        """The buyer pays on the service's page and is led back."""
        name = self.path.removeprefix(PAGE)
        self.server.stub.pay(name)
        self.send_response(303)
        self.send_header("Location", self.server.stub.sessions[name]["success_url"])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer(self, method: str) -> None:
        stub = self.server.stub
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        fault = stub.faults.popleft() if stub.faults else ""
        if fault in ("500", "429"):
            self._send(int(fault), {"error": {"type": "api_error", "message": "Try again"}})
            return
        if fault == "hang":
            stub.closing.wait(60)
        answer = (0, {}) if fault == "hang" else stub.answer(method, self.path, body, self.headers.get(KEY))
        if fault:
            self.close_connection = True
        else:
            self._send(*answer)

    def _send(self, status: int, content: dict[str, Any] | bytes, kind: str = "application/json") -> None:
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@contextmanager
def serve() -> Iterator[Stub]:
    """Run a stub until the block ends."""
    stub = Stub()
    server = Server(stub)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.closing.set()
        server.shutdown()
        server.server_close()
        thread.join(5)
