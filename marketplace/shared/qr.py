"""QR codes as pictures."""

import io

import segno

BORDER = 4
"""Quiet zone in modules that the standard (ISO/IEC 18004) asks for."""


def svg(content: str) -> bytes:
    """Draw a QR code in SVG, without any style of its own."""
    out = io.BytesIO()
    _code(content).save(out, kind="svg", scale=8, border=BORDER, light="#fff", svgclass=None, lineclass=None)
    return out.getvalue()


def png(content: str) -> bytes:
    """Draw a QR code in PNG, large enough for print and for the bank app of the same phone."""
    out = io.BytesIO()
    _code(content).save(out, kind="png", scale=12, border=BORDER)
    return out.getvalue()


def _code(content: str) -> segno.QRCode:
    return segno.make(content, error="m", micro=False)


PICTURES = {"svg": ("image/svg+xml", svg), "png": ("image/png", png)}
"""Ending of a file's name → its media type, and how it is drawn."""
