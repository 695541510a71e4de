"""What somebody sends to say that he paid: a picture, or whose account it came from."""

from flask_wtf.file import FileField
from wtforms.validators import ValidationError

from ..shared import images
from ..shared.fields import BaseForm, TextField
from ..shared.i18n import _, _l


class ProofForm(BaseForm):
    """The buyer says that he paid."""

    photo = FileField(_l("Photo of the proof"))
    note = TextField(_l("From whose account?"), max_length=200)

    def validate_note(self, field: TextField) -> None:
        """Ask for at least one of the two."""
        if not field.data and not self.photo.data:
            raise ValidationError(_("Send a photo, or write from whose account you paid."))


def keep_photo(form: ProofForm, actor_id: int | None) -> int | None:
    """Keep the photo of a form for the treasurer alone and return its id; None where there is none.

    Raises InvalidInput beside `photo` for what is no picture.
    """
    if not form.photo.data:
        return None
    return images.store(images.prepare_for("photo", form.photo.data.stream), actor_id, private=True).id
