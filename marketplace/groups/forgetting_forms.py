"""What officers fill in to make a family anonymous."""

from wtforms import BooleanField
from wtforms.validators import DataRequired, Optional

from ..shared.fields import BaseForm, Required, TextAreaField, TextField
from ..shared.i18n import _l


class ProposeForm(BaseForm):
    """Why a family is to be forgotten before its time."""

    reason = TextField(_l("Why?"), [Required()], max_length=300, description=_l("It is kept with your name."))


class ConfirmForm(BaseForm):
    """Names that no form asked for, and that it is known to be for good."""

    aliases = TextAreaField(
        _l("Other names people wrote for them, one a line"),
        [Optional()],
        max_length=300,
        description=_l("Such as a nickname: it is taken out of reports and notes too."),
    )
    understood = BooleanField(_l("I know that nobody can undo this."), [DataRequired(_l("Tick this to go on."))])

    def names(self) -> list[str]:
        """Return the other names."""
        return [line.strip() for line in (self.aliases.data or "").splitlines() if line.strip()]


class DeclineForm(BaseForm):
    """Why a file is kept."""

    reason = TextField(_l("Why is it kept?"), [Required()], max_length=300)
