"""The words for roles on screen."""

from ..shared.i18n import Text, _l
from ..shared.policy import Role

ROLES: dict[Role, Text] = {
    Role.BUYER: _l("Buyer"),
    Role.SELLER: _l("Seller"),
    Role.GROUP_OFFICER: _l("Group officer"),
    Role.MENTOR: _l("Mentor"),
    Role.CURATOR: _l("Curator"),
    Role.TREASURER: _l("Treasurer"),
    Role.PACKER: _l("Packer"),
    Role.VERIFIER: _l("Verifier"),
    Role.HEAD: _l("Head of office"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
