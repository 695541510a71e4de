"""Read the forms and links of a page as a browser does, and fill them in."""

from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import TypeAlias
from urllib.parse import urljoin

Pairs: TypeAlias = list[tuple[str, str]]
TYPED = {"text", "search", "tel", "email", "number", "date", "textarea"}
"""Kinds of fields that people type into, and that must come back as they were typed."""


@dataclass
class Field:
    """One field as the page shows it; `options` are what can be chosen of a select or radio group."""

    name: str
    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    chosen: list[str] = field(default_factory=list)
    required: bool = False


@dataclass
class Form:
    """One form of a page: where it goes, its fields in order, and its named buttons."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)
    buttons: Pairs = field(default_factory=list)

    def named(self, name: str) -> Field | None:
        """Return the field of a name."""
        return next((each for each in self.fields if each.name == name), None)

    def add(self, new: Field) -> None:
        """Add a field; the buttons of a radio group and the ticks of a list are one."""
        known = self.named(new.name) if new.kind in ("radio", "checkbox") else None
        if known is None:
            self.fields.append(new)
        else:
            known.options += new.options
            known.chosen += new.chosen

    def filled(self, values: dict[str, str]) -> Pairs:
        """Return what a person sends who fills the empty fields with these values and chooses what is first."""
        pairs: Pairs = []
        for each in self.fields:
            if each.kind in ("select", "radio"):
                real = [option for option in each.options if option]
                liked = values.get(each.name)
                chosen = [liked] if liked in real else [one for one in each.chosen if one] or real[:1]
                pairs += [(each.name, one) for one in chosen]
            elif each.kind == "checkbox":
                named = each.name in ("household", "orders", "line", "revisions", "weekdays", "person")
                first = each.options[: each.required or named]
                pairs += [(each.name, one) for one in each.chosen or first]
            elif each.kind == "hidden":
                pairs.append((each.name, each.value))
            elif each.kind != "file":
                first, _dash, last = each.name.rpartition("-")
                known = (values[name] for name in (each.name, first, last) if name in values)
                pairs.append((each.name, each.value or next(known, "")))
        return pairs


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._field: Field | None = None
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and given.get("href", "").startswith(("/", "?")):
            self.links.append(urljoin(self.address, given["href"]))
        elif tag == "form":
            action = urljoin(self.address, given.get("action") or self.address)
            self._form = Form(action, given.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._part(self._form, tag, given)

    def _part(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, required = given.get("name", ""), "required" in given
        if tag == "button" and name:
            form.buttons.append((name, given.get("value", "")))
        elif tag == "select":
            self._field = Field(name, "select", required=required)
            form.fields.append(self._field)
        elif tag == "option" and self._field is not None:
            self._field.options.append(given.get("value", ""))
            self._field.chosen += [given.get("value", "")] * ("selected" in given)
        elif tag == "textarea":
            self._field, self._text = Field(name, "textarea", required=required), []
            form.fields.append(self._field)
        elif tag == "input" and name:
            self._input(form, given, Field(name, given.get("type", "text"), given.get("value", ""), required=required))

    def _input(self, form: Form, given: dict[str, str], new: Field) -> None:
        if new.kind == "submit":
            form.buttons.append((new.name, new.value))
            return
        if new.kind in ("radio", "checkbox"):
            new = replace(new, options=[given.get("value", "y")])
            new.chosen = list(new.options) if "checked" in given else []
        form.add(new)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._field is not None and self._text is not None:
            text = "".join(self._text)
            # The line break right after the tag is no part of the text.
            self._field.value = text.removeprefix("\r\n") if text.startswith("\r\n") else text.removeprefix("\n")
            self._field = self._text = None
        elif tag == "select":
            self._field = None


def read(page: str, address: str) -> tuple[list[Form], list[str]]:
    """Return the forms and the links within the site of a page that was opened at an address."""
    reader = _Reader(address)
    reader.feed(page)
    reader.close()
    return reader.forms, reader.links
