"""Read the environment, here and nowhere else."""

import datetime as dt
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STRIPE_API, STRIPE_CHECKOUT = "https://api.stripe.com", "https://checkout.stripe.com"
SESSION_LIFETIME = dt.timedelta(days=90)
"""How long a buyer or seller stays signed in on his own phone; officers only until the browser is closed."""


@dataclass(frozen=True)
class Config:
    """Settings of one installation; every field has a row in the README's table."""

    data_dir: Path
    database_url: str
    secret_key: str
    data_keys: tuple[bytes, ...]
    """Keys for personal data at rest: the first encrypts, all decrypt."""
    lookup_key: bytes
    """Key of the hash by which a NIK or KK number is found again."""
    home_area: str
    """Code of the regency whose goods a visitor sees first."""
    photo_store: str
    """URL of the object store for photos: `file:///…` or `s3://bucket`."""
    job_store: str
    """Where jobs queue: `sqlite`, `redis://…` or `postgresql`."""
    cache_url: str
    """Where pages are cached: `memory` or `redis://…`."""
    secure_cookies: bool
    proxies: int
    """How many proxies stand before the server: so many entries of X-Forwarded-For are theirs, and believed."""
    base_url: str
    mail_server: str
    """`smtp://user:password@host:587` or `smtps://…`; empty where no e-mail is sent."""
    mail_sender: str
    stripe_secret_key: str
    """Without one, nobody is offered to pay online."""
    stripe_webhook_secret: str
    stripe_api_base: str
    stripe_minimum: int
    """Smallest sum that is paid online, rupiah: below it the service refuses, and its fee eats the sale."""

    @property
    def payment_origins(self) -> tuple[str, ...]:
        """Return the sites that a buyer is sent to from a form in order to pay."""
        if not self.stripe_secret_key:
            return ()
        return (STRIPE_CHECKOUT,) if self.stripe_api_base == STRIPE_API else (STRIPE_CHECKOUT, self.stripe_api_base)

    def flask_settings(self) -> dict[str, object]:
        """Return these settings under the names Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "SESSION_COOKIE_SECURE": self.secure_cookies,
            "SESSION_COOKIE_NAME": "warung",
            "PERMANENT_SESSION_LIFETIME": SESSION_LIFETIME,
            "SESSION_REFRESH_EACH_REQUEST": False,  # to sign it anew costs as much as a kept page
            "MAX_CONTENT_LENGTH": 64 * 1024 * 1024,
            "MAX_FORM_MEMORY_SIZE": 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,
            "BABEL_DEFAULT_LOCALE": "id",
            "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
        }


def load(environ: dict[str, str] | None = None) -> Config:
    """Build the configuration from environment variables, making what is missing.

    Secrets that are not given are made once and kept in `DATA_DIR/secrets/`, readable by the owner only.
    """
    env = dict(os.environ) if environ is None else environ
    data_dir = Path(env.get("DATA_DIR", ROOT / "instance")).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    secret = _secret(data_dir, "session", env.get("SECRET_KEY"))
    data_key = _secret(data_dir, "personal-data", env.get("DATA_KEYS"))
    lookup = _secret(data_dir, "lookup", env.get("LOOKUP_KEY"))
    return Config(
        data_dir=data_dir,
        database_url=_database_url(env.get("DATABASE_URL"), data_dir),
        secret_key=secret,
        data_keys=tuple(bytes.fromhex(key) for key in data_key.split(",")),
        lookup_key=bytes.fromhex(lookup),
        home_area=env.get("HOME_AREA", "63.06"),
        photo_store=env.get("PHOTO_STORE", (data_dir / "photos").as_uri()),
        job_store=env.get("JOB_STORE", "sqlite"),
        cache_url=env.get("CACHE_URL", "memory"),
        secure_cookies=env.get("SECURE_COOKIES", "0") == "1",
        proxies=int(env.get("PROXIES", "0")),
        base_url=env.get("BASE_URL", f"http://127.0.0.1:{env.get('PORT', '8000')}").rstrip("/"),
        mail_server=env.get("MAIL_SERVER", ""),
        mail_sender=env.get("MAIL_SENDER", "Warung Kesejahteraan <warung@localhost>"),
        stripe_secret_key=env.get("STRIPE_SECRET_KEY", ""),
        stripe_webhook_secret=env.get("STRIPE_WEBHOOK_SECRET", ""),
        stripe_api_base=env.get("STRIPE_API_BASE", STRIPE_API).rstrip("/"),
        stripe_minimum=int(env.get("STRIPE_MINIMUM", "10000")),
    )


def _database_url(given: str | None, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'warung.db'}"
    return given.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1)


def _secret(data_dir: Path, name: str, given: str | None) -> str:
    """Return the given secret, or one of 32 random bytes (hex) that is made once and kept."""
    if given:
        return given
    path = data_dir / "secrets" / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
