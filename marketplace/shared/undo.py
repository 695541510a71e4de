"""Messages with a button that takes back what was just done."""

from flask import flash, get_template_attribute


def offer(text: str, url: str, value: str = "") -> None:
    """Say what was done, with a button that takes it back: a POST to `url`, with `value` as its field `undo`.

    The page that is shown next holds the form of the button: `undo_form` of `macros/undo.html`.
    """
    message = get_template_attribute("macros/undo.html", "undo_message")
    flash(message(text, url, value), "undo")
