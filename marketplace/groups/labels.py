"""The words on screen for what groups and households are made of."""

from ..shared.i18n import Text, _l
from .models import BusinessKind, MemberRole, Programme, RegistrySource, Relation, Sex

BUSINESS_KINDS: dict[BusinessKind, Text] = {
    BusinessKind.FOOD: _l("Food"),
    BusinessKind.CRAFT: _l("Crafts"),
    BusinessKind.TEXTILE: _l("Cloth and clothing"),
    BusinessKind.LIVESTOCK: _l("Livestock"),
    BusinessKind.FISHERY: _l("Fishery"),
    BusinessKind.FARMING: _l("Farming"),
    BusinessKind.SHOP: _l("Small shop"),
    BusinessKind.SERVICES: _l("Services"),
}
MEMBER_ROLES: dict[MemberRole, Text] = {
    MemberRole.CHAIR: _l("Chair"),
    MemberRole.SECRETARY: _l("Secretary"),
    MemberRole.TREASURER: _l("Group treasurer"),
    MemberRole.MEMBER: _l("Member"),
}
RELATIONS: dict[Relation, Text] = {
    Relation.HEAD: _l("Head of the family"),
    Relation.SPOUSE: _l("Husband or wife"),
    Relation.CHILD: _l("Child"),
    Relation.PARENT: _l("Parent"),
    Relation.OTHER: _l("Other relative"),
}
SEXES: dict[Sex, Text] = {Sex.FEMALE: _l("Woman"), Sex.MALE: _l("Man")}
REGISTRIES: dict[RegistrySource, Text] = {
    RegistrySource.DTSEN: _l("DTSEN"),
    RegistrySource.DTKS: _l("DTKS"),
    RegistrySource.P3KE: _l("P3KE"),
    RegistrySource.LOCAL: _l("Village data"),
}
PROGRAMMES: dict[Programme, Text] = {
    Programme.PKH: _l("PKH"),
    Programme.FOOD: _l("Food aid (sembako)"),
    Programme.OTHER: _l("Other aid"),
}

FIELDS: dict[str, Text] = {
    "name": _l("Name"),
    "kk": _l("KK number"),
    "nik": _l("NIK"),
    "address": _l("Address"),
    "village_code": _l("Village"),
    "registry_source": _l("Named in"),
    "decile": _l("Decile"),
    "relation": _l("Relation"),
    "sex": _l("Sex"),
    "born_on": _l("Birthday"),
    "wrse": "WRSE",
    "joined_on": _l("Counted from"),
}
"""What is corrected about families and people."""
