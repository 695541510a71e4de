"""Hand one message to the mail server, and tell apart what went wrong."""

import smtplib
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from urllib.parse import parse_qs, unquote, urlsplit

SECONDS = 20
"""How long the mail server may take for one answer."""
PORTS = {"smtp": 25, "smtps": 465}
PERMANENT = 500
"""From this code on the server says that coming again is no use (RFC 5321, 4.2.1)."""


class Outcome(StrEnum):
    SENT = "sent"
    LATER = "later"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """The connection broke after the text was sent: it may have arrived."""


@dataclass(frozen=True)
class Result:
    """What became of a message, and what the server said."""

    outcome: Outcome
    detail: str = ""


@dataclass(frozen=True)
class Letter:
    """An e-mail. Its id stays the same over all attempts, so that a server can drop a double."""

    id: str
    sender: str
    to: str
    subject: str
    body: str


def send(server_url: str, letter: Letter) -> Result:
    """Send a letter through `smtp://user:password@host:port` or `smtps://…`; `?tls=no` for a server on this machine."""
    try:
        with _connect(server_url) as server:
            return _hand_over(server, letter)
    except smtplib.SMTPResponseException as error:
        return _answered(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Result(Outcome.LATER, str(error) or type(error).__name__)


def _connect(server_url: str) -> smtplib.SMTP:
    url = urlsplit(server_url)
    kind = smtplib.SMTP_SSL if url.scheme == "smtps" else smtplib.SMTP
    server = kind(url.hostname or "", url.port or PORTS[url.scheme], timeout=SECONDS)
    if url.scheme == "smtp" and parse_qs(url.query).get("tls") != ["no"]:
        server.starttls()
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
    return server


def _hand_over(server: smtplib.SMTP, letter: Letter) -> Result:
    server.ehlo_or_helo_if_needed()
    for code, answer in (server.mail(_bare(letter.sender)), server.rcpt(letter.to)):
        if code not in (250, 251):
            return _answered(code, answer)
    try:
        code, answer = server.data(_message(letter).as_bytes())
    except smtplib.SMTPDataError as error:
        return _answered(error.smtp_code, error.smtp_error)
    except (OSError, smtplib.SMTPException) as error:
        return Result(Outcome.UNKNOWN, str(error) or type(error).__name__)
    return Result(Outcome.SENT) if code == 250 else _answered(code, answer)


def _answered(code: int, answer: bytes | str) -> Result:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return Result(Outcome.REFUSED if code >= PERMANENT else Outcome.LATER, f"{code} {text}")


def _bare(sender: str) -> str:
    return sender.rpartition("<")[2].rstrip(">")


def _message(letter: Letter) -> EmailMessage:
    message = EmailMessage()
    message["Message-ID"] = letter.id
    message["From"] = letter.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message.set_content(letter.body)
    return message
