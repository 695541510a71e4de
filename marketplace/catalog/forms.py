"""What makers fill in about a product, and curators about what was handed in."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf.file import MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import Field, FieldList, FormField, SelectField, SelectMultipleField
from wtforms.validators import Length, Optional
from wtforms.widgets import CheckboxInput

from ..groups.models import Household
from ..shared import kept_photos
from ..shared.errors import InvalidInput
from ..shared.fields import (
    CHOOSE,
    BaseForm,
    DateField,
    FilterField,
    IdField,
    KeyField,
    QuantityField,
    QueryForm,
    Required,
    RupiahField,
    TextAreaField,
    TextField,
    options,
)
from ..shared.i18n import _, _l
from ..shared.images import Photo
from ..shared.paging import PAGE_SIZE
from ..shared.web import fitting_ids
from . import labels
from .models import WHOLE, Category, PermitKind, ProductState
from .queries import Filters
from .rules import MAX_PHOTOS, MIN_PRICE, PermitContent, ProductContent, Remarks, Share

SEVERAL = "several"
PERCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")
PHOTO_TYPES = "image/jpeg,image/png,image/webp"


class PercentField(TextField):
    """A part in percent with up to two decimals, `33,33`; gives basis points, 0 when empty."""

    attributes = {"inputmode": "decimal", "autocomplete": "off", "size": 6}

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, 8, **kwargs)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; nothing typed is no part."""
        super().process_formdata(valuelist)
        self.data = self.data or 0

    def read(self, typed: str) -> Any:
        """Return the part in basis points."""
        found = PERCENT.fullmatch(typed.removesuffix("%").strip())
        points = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else WHOLE + 1
        if points > WHOLE:
            raise ValueError(_("Write a part from 0 to 100 percent. Example: 33,33"))
        return points

    def show(self, value: Any) -> str:
        """Write a part as short as it can be typed."""
        whole, rest = divmod(int(value), 100)
        return f"{whole},{rest:02}".rstrip("0").rstrip(",") if value else ""


class ShareForm(BaseForm):
    """One family's part."""

    class Meta(BaseForm.Meta):
        csrf = False

    household_id = IdField(validators=[Required()])
    percent = PercentField()


class KeptField(Field):
    """References of photos that came with this form before; gives the ids of the images, what is strange left out."""

    widget = CheckboxInput()
    data: list[int]
    shown: Sequence[tuple[str, Photo]] = ()
    """Reference and picture of those that are still kept; filled in by who shows the form again."""
    are_lost = False
    """Photos came with the form and could not be kept."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the references that are ticked, each once."""
        found = (kept_photos.named(text) for text in valuelist if isinstance(text, str))
        self.data = list(dict.fromkeys(key for key in found if key is not None))

    def process_data(self, value: Any) -> None:
        """Begin with none."""
        self.data = []


class ProductForm(BaseForm):
    """A product as its maker writes it, for one group's families."""

    key = KeyField()
    photos = MultipleFileField(_l("Photos"), render_kw={"accept": PHOTO_TYPES, "multiple": True})
    kept_photos = KeptField()
    name = TextField(_l("Name of the product"), [Required()], max_length=120)
    category = SelectField(
        _l("What kind is it?"),
        [Required(CHOOSE)],
        choices=options([("", CHOOSE), *((key.value, text) for key, text in labels.CATEGORIES.items())]),
    )
    unit = TextField(_l("Sold per"), [Required()], max_length=30)
    price = RupiahField(_l("Price"), [Required()], low=MIN_PRICE)
    maker = SelectField(_l("Who made it?"), validators=[Required(CHOOSE)], validate_choice=True)
    shares = FieldList(FormField(ShareForm), _l("Part of each family"), max_entries=200)
    description = TextAreaField(_l("Tell the buyer about it"), max_length=4000)
    weight_gram = QuantityField(_l("Weight"), [Optional()], high=1_000_000)
    shelf_life_days = QuantityField(_l("Keeps for"), [Optional()], high=3650)
    pirt_number = TextField(_l("P-IRT number"), [Optional()], max_length=60)
    pirt_expires = DateField(_l("P-IRT is valid until"), [Optional()])
    halal_number = TextField(_l("Halal certificate number"), [Optional()], max_length=60)
    halal_expires = DateField(_l("Halal certificate is valid until"), [Optional()])

    @classmethod
    def of(cls, members: Sequence[Household], content: ProductContent) -> Any:
        """Return the form for a group's families with some content."""
        return cls.with_values(members, _values(members, content))

    @classmethod
    def with_values(cls, members: Sequence[Household], values: dict[str, Any]) -> Any:
        """Return the form for a group's families with some values by field."""
        form = cls(data=values)
        choices = [(str(member.id), member.name) for member in members]
        if len(choices) > 1:
            choices = [("", str(CHOOSE)), *choices, (SEVERAL, _("Several families together"))]
        form.maker.choices = choices
        names = {member.id: member.name for member in members}
        for entry in form.shares:
            entry.form.percent.label.text = names.get(entry.form.household_id.data, "")
        return form

    def content(self) -> ProductContent:
        """Return what was filled in, without photos.

        Raises InvalidInput for a date without the number it belongs to.
        """
        return ProductContent(
            name=self.name.data,
            category=Category(self.category.data),
            unit=self.unit.data,
            price=self.price.data,
            description=self.description.data,
            weight_gram=self.weight_gram.data,
            shelf_life_days=self.shelf_life_days.data,
            shares=self._shares(),
            permits=tuple(self._permits()),
        )

    def _shares(self) -> tuple[Share, ...]:
        """Return the makers' parts; those written count where nobody chose another maker than was offered."""
        rows = ((row["household_id"], row["percent"]) for row in self.shares.data)
        parts = tuple(Share(household_id, points) for household_id, points in rows if points)
        if self.maker.data == SEVERAL:
            return parts
        if parts and self.maker.data != self.maker.object_data:
            text = _l(
                "You chose one family, but wrote parts for families too. Choose several families, or empty the parts."
            )
            raise InvalidInput(text, field="maker")
        return parts or (Share(int(self.maker.data), WHOLE),)

    def _permits(self) -> Iterable[PermitContent]:
        for kind in PermitKind:
            number, expires = self[f"{kind}_number"].data, self[f"{kind}_expires"].data
            if expires and not number:
                raise InvalidInput(_l("Write the number too."), field=f"{kind}_number")
            if number:
                yield PermitContent(kind, number, expires)


def no_shares(members: Sequence[Household]) -> list[dict[str, int]]:
    """Return the rows of the families' parts, all empty."""
    return [{"household_id": member.id, "percent": 0} for member in members]


def _values(members: Sequence[Household], content: ProductContent) -> dict[str, Any]:
    parts = {share.household_id: share.basis_points for share in content.shares}
    sole = str(content.shares[0].household_id) if len(content.shares) == 1 else SEVERAL
    values: dict[str, Any] = {
        "name": content.name,
        "category": content.category.value,
        "unit": content.unit,
        "price": content.price,
        "description": content.description,
        "weight_gram": content.weight_gram,
        "shelf_life_days": content.shelf_life_days,
        "maker": sole,
        "shares": [
            {"household_id": member.id, "percent": parts.get(member.id, 0) if sole == SEVERAL else 0}
            for member in members
        ],
    }
    for permit in content.permits:
        values[f"{permit.kind}_number"] = permit.number
        values[f"{permit.kind}_expires"] = permit.expires_on
    return values


def uploads(field: Any) -> list[FileStorage]:
    """Return the files that were really sent."""
    return [file for file in field.data or () if isinstance(file, FileStorage) and file.filename]


def check_count(form: Any) -> None:
    """Refuse more photos than a product may have, those that were kept among them."""
    if len(uploads(form.photos)) + len(form.kept_photos.data) > MAX_PHOTOS:
        raise InvalidInput(_l("A product has at most %(count)s photos.", count=MAX_PHOTOS), field="photos")


class Photographed(Required):
    """Say that there must be a photo; of the camera and the gallery only one has to be used, so neither is marked."""

    field_flags: dict[str, bool] = {}

    def __init__(self) -> None:
        super().__init__(_l("Take a photo, or choose one."))

    def __call__(self, form: Any, field: Any) -> None:
        """Let one do that came before and was kept."""
        if not form.kept_photos.data:
            super().__call__(form, field)


def _photos() -> MultipleFileField:
    return MultipleFileField(_l("Photos"), [Photographed()], render_kw={"accept": PHOTO_TYPES, "multiple": True})


class PhotoForm(BaseForm):
    """More photos of a product."""

    key = KeyField()
    photos = _photos()
    kept_photos = KeptField()


class QuickForm(ProductForm):
    """A new product in as few words as can be, with how many of it there are."""

    photos = _photos()
    quantity = QuantityField(_l("How many do you have now?"), [Optional()])


class PriceForm(BaseForm):
    """A new price within the band."""

    price = RupiahField(_l("New price"), [Required()], low=MIN_PRICE)


class StepForm(BaseForm):
    """A step of a product's life: a button that nobody can press for somebody else."""


class SeveralForm(BaseForm):
    """What was ticked in the queue."""

    revisions = SelectMultipleField(coerce=int, validate_choice=False, validators=[Length(max=PAGE_SIZE)])

    def ids(self) -> list[int]:
        """Return the ticked revisions; what is no revision's id is none."""
        return fitting_ids(self.revisions.data or ())


class ReturnForm(BaseForm):
    """What must be better before a product is shown."""

    reasons = TextAreaField(_l("What must be better?"), [Required()], max_length=2000)
    better_by = DateField(_l("Better by"), [Optional()])
    coach = TextField(_l("Who helps?"), [Optional()], max_length=120)

    def remarks(self) -> Remarks:
        """Return what was filled in."""
        return Remarks(self.reasons.data, self.better_by.data, self.coach.data)


class FilterForm(QueryForm):
    """What an officer narrows the list of products by."""

    q = TextField(_l("Search"), max_length=80)
    state = FilterField(_l("State"), default="")
    district = FilterField(_l("District"), default="")
    group = IdField(_l("Group"))

    @classmethod
    def of(cls, districts: Sequence[tuple[str, str]]) -> Any:
        """Return the form with the districts (code, name) that the officer sees."""
        form = cls()
        states = [(key.value, text) for key, text in labels.STATES.items()]
        form.state.choices = options([("", _("All")), *states])
        form.district.choices = options([("", _("All")), *districts])
        return form

    def filters(self) -> Filters:
        """Return what was asked for; what cannot be read is said beside its field, and narrows nothing."""
        self.validate()
        state = self.state.chosen()
        return Filters(
            text="" if self.q.errors else self.q.data,
            state=ProductState(state) if state else None,
            district_code=self.district.chosen(),
            group_id=None if self.group.errors else self.group.data,
        )
