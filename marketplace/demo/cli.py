"""`flask demo`: load the story, and print what it adds up to."""

import click
from flask.cli import AppGroup
from sqlalchemy import func, select

from ..areas.queries import time_zone
from ..extensions import db
from ..reports import queries as reports
from ..shared import clock
from ..shared.money import format_rupiah
from ..tent_market.market_report import Period, report
from ..tent_market.models import MarketDay, Site
from .load import DEMO_PASSWORD, is_loaded, load_demo, sign_ins
from .people import REGENCY
from .places import STORIES

demo_cli = AppGroup("demo", help="The demo of five places.")


@demo_cli.command("load")
def load() -> None:
    """Load the demo into an empty database; the same story every time."""
    if is_loaded():
        raise click.ClickException("There are products already: the demo goes into an empty database only.")
    load_demo()
    for role, phone, name in sign_ins():
        click.echo(f"{role:<16} {phone:<16} {name}")
    click.echo(f"Password of all: {DEMO_PASSWORD}")


@demo_cli.command("recap")
def recap() -> None:
    """Print what the demo adds up to, place by place, counted from the rows, with the pages that show it."""
    rows = reports.recap(REGENCY)
    click.echo("Hulu Sungai Selatan  (/dinas/rekap)")
    click.echo(f"{'Kecamatan':<20}{'Barang':>8}{'Jasa':>8}{'Jumlah':>8}")
    for row in rows:
        click.echo(f"{row.name:<20}{row.goods:>8}{row.services:>8}{row.goods + row.services:>8}")
    goods, services = sum(row.goods for row in rows), sum(row.services for row in rows)
    click.echo(f"{'Semua':<20}{goods:>8}{services:>8}{goods + services:>8}")
    click.echo(f"{_market()}  (/dinas/pasar/laporan)")
    for story in STORIES:
        click.echo(f"\n{story.NAME}")
        for said in story.recap():
            click.echo(f"  {said.what}: {said.figure}  ({said.page})")


def _market() -> str:
    """Return what the tent market came to so far, counted from the rows."""
    today = clock.today(time_zone(REGENCY))
    span = select(func.min(MarketDay.held_on)).join(MarketDay.site).where(Site.area_code == REGENCY)
    found = report(Period(REGENCY, db.session.scalar(span) or today, today))
    held = [each for each in found.tents if each.sales]
    days, tents = len({each.held_on for each in held}), len({each.tent for each in held})
    return (
        f"Pasar tenda: {days} hari, {tents} tenda ({len(held)} kali berdiri), "
        f"{found.sales} penjualan, {format_rupiah(found.amount)}"
    )
