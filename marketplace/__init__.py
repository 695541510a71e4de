"""Warung Kesejahteraan: a marketplace for what poor families make."""

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.middleware.proxy_fix import ProxyFix

from . import context, models, wiring  # noqa: F401  (models: every table is known before the first query)
from .config import ROOT, Config, load
from .extensions import babel, cache, compress, csrf, db, login_manager, migrate
from .shared import gaya, lists, policy, problems, transaction, web

PACKINGS = ["br", "gzip"]
"""How answers are packed for the way, the better first."""
PACKED = ["text/html", "application/xml", "application/rss+xml", "application/manifest+json"]
"""What the application itself writes; the files of static/ are packed at set-up."""


class Marketplace(Flask):
    """The application: every request ends in one commit or one rollback."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view inside its transaction."""
        return transaction.once_in_request(self, super().dispatch_request)


def create_app(config: Config | None = None) -> Marketplace:
    """Build the application: config → extensions → blueprints → errors → filters → commands."""
    config = config or load()
    app = Marketplace(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(config.flask_settings())
    app.extensions["config"] = config
    _init_extensions(app, config)
    web.init_app(app)
    wiring.init_app(app)
    gaya.init_app(app)
    problems.init_app(app)
    lists.init_app(app)
    context.init_app(app)
    policy.check_all_guarded(app)
    if config.proxies:
        # Locks count tries by address: without this all visitors would share the proxy's.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    return app


def _init_extensions(app: Flask, config: Config) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(ROOT / "migrations"), render_as_batch=True)
    login_manager.init_app(app)
    csrf.init_app(app)
    babel.init_app(app, locale_selector=context.choose_locale, timezone_selector=context.choose_time_zone)
    cache.init_app(app, config=_cache_settings(config.cache_url))
    app.config.update(COMPRESS_ALGORITHM=PACKINGS, COMPRESS_MIMETYPES=PACKED, COMPRESS_STREAMS=False)
    compress.init_app(app)
    with app.app_context():
        transaction.configure_engine(db.engine)


def _cache_settings(url: str) -> dict[str, object]:
    if url.startswith("redis"):
        return {"CACHE_TYPE": "RedisCache", "CACHE_REDIS_URL": url}
    return {"CACHE_TYPE": "SimpleCache", "CACHE_THRESHOLD": 2000}
