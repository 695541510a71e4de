"""The words on screen for lists of registries."""

from ..shared.i18n import Text, _l
from .columns import Column
from .models import ImportState, Outcome
from .rules import Reason

COLUMNS: dict[Column, Text] = {
    Column.SKIP: _l("Not needed"),
    Column.KK: _l("KK number"),
    Column.NIK: _l("NIK"),
    Column.NAME: _l("Name"),
    Column.RELATION: _l("Relation to the head of the family"),
    Column.SEX: _l("Sex"),
    Column.BORN: _l("Birthday"),
    Column.WRSE: _l("Woman in social-economic hardship (WRSE)"),
    Column.ADDRESS: _l("Address"),
    Column.VILLAGE: _l("Village: name or code"),
    Column.DISTRICT: _l("District: name or code"),
    Column.DECILE: _l("Decile"),
}
STATES: dict[ImportState, Text] = {
    ImportState.UPLOADED: _l("Columns not said yet"),
    ImportState.READING: _l("Being read"),
    ImportState.CHECKING: _l("Being checked"),
    ImportState.CHECKED: _l("Checked, not applied yet"),
    ImportState.APPLYING: _l("Being applied"),
    ImportState.APPLIED: _l("Applied"),
    ImportState.UNDOING: _l("Being undone"),
    ImportState.UNDONE: _l("Taken back"),
    ImportState.FAILED: _l("Could not be read"),
    ImportState.DROPPED: _l("Thrown away"),
}
TONES: dict[ImportState, str] = {
    ImportState.APPLIED: "good",
    ImportState.CHECKED: "info",
    ImportState.FAILED: "bad",
    ImportState.UPLOADED: "warn",
}
OUTCOMES: dict[Outcome, Text] = {
    Outcome.NEW: _l("New"),
    Outcome.CHANGED: _l("Changed"),
    Outcome.UNCHANGED: _l("Unchanged"),
    Outcome.REFUSED: _l("Refused"),
}
REASONS: dict[str, Text] = {
    Reason.NO_KK: _l("No KK number stands here. In merged cells only the first row has it: split them and fill it in."),
    Reason.NO_NIK: _l("No NIK stands here. In merged cells only the first row has it: split them and fill it in."),
    Reason.NO_NAME: _l("No name stands here."),
    Reason.LONG_NAME: _l("The name is too long: at most 120 letters."),
    Reason.ROUNDED: _l("Excel changed the number: format the column as text and fill in the number again."),
    Reason.FORMULA: _l("A formula stands here. Copy the cells and paste them as values."),
    Reason.KK: _l("The KK number is wrong. It has 16 digits that begin with a province, a district and a date."),
    Reason.NIK: _l("The NIK is wrong. It has 16 digits that begin with a province, a district and the birthday."),
    Reason.SEX: _l("The sex is not understood. Write L or P."),
    Reason.SEX_NIK: _l("The sex does not fit the NIK."),
    Reason.BORN: _l("The birthday is not understood. Write it as 31/12/1990."),
    Reason.BORN_NIK: _l("The birthday does not fit the NIK."),
    Reason.BORN_LATER: _l("The birthday is still to come."),
    Reason.RELATION: _l("The relation to the head of the family is not understood, e.g. Kepala keluarga, Istri, Anak."),
    Reason.WRSE: _l("WRSE is not understood or is said of a man. Write Ya or Tidak."),
    Reason.DECILE: _l("The decile must be from 1 to 10."),
    Reason.NO_VILLAGE: _l("No village stands here."),
    Reason.VILLAGE: _l("There is no such village in this regency. Check the spelling or write its code."),
    Reason.VILLAGES: _l("Several villages have this name. Fill in the district too, or write the village's code."),
    Reason.OTHER_REGENCY: _l("This village lies in another regency."),
    Reason.NIK_TWICE: _l("The same NIK stands in row %(other)s."),
    Reason.TWO_HEADS: _l("Row %(other)s names a head of this family already. Say who is related to him and how."),
    Reason.NO_HEAD: _l("The head of this family is missing in the file, or refused, and the family is not registered."),
    Reason.ELSEWHERE: _l("A family with this KK number is registered in another regency."),
    Reason.OTHER_FAMILY: _l("This person is registered in a family with another KK number. Correct that family first."),
    Reason.OTHER_HEAD: _l("Another person is registered as head of this family. Correct the family first."),
    Reason.SAME_PERSON: _l("This person is registered in the family without a NIK. Add the NIK there."),
    Reason.STALE: _l("The data changed after this was looked at. Import the row again."),
}
AGAINST: dict[str, Text] = {
    "people": _l("People were added to the family since."),
    "changed": _l("The family or the person was changed since."),
    "used": _l("Something else points to the family by now: a group, a training, aid, a sale or an account."),
    "worked_on": _l("Somebody worked on the family since."),
}
FIELDS: dict[str, Text] = {
    "name": _l("Name of the head of the family"),
    "village_code": _l("Village"),
    "registry_source": _l("Named in"),
    "decile": _l("Decile"),
    "address": _l("Address"),
    "person.name": _l("Name"),
    "person.relation": _l("Relation"),
    "person.wrse": _l("WRSE"),
}
DOING: dict[ImportState, Text] = {
    ImportState.READING: _l("Rows are being read: %(done)s so far"),
    ImportState.CHECKING: _l("Rows are being checked: %(done)s of %(all)s"),
    ImportState.APPLYING: _l("Rows are being applied: %(done)s of %(all)s"),
    ImportState.UNDOING: _l("Rows are being undone: %(done)s of %(all)s"),
}
