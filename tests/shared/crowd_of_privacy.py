"""Families whose file was kept long enough. Call inside `app`."""

from typing import Any

from marketplace.groups.forgetting_models import Forgetting
from tests import make


def add_forgetting(village: str, size: int) -> dict[str, Any]:
    """Let so many families, which are in no group, be proposed to be made anonymous; return what addresses need."""
    families = [
        make.household(village_code=village, district_code=village[:8], regency_code=village[:5]) for _ in range(size)
    ]
    rows = [make.add(Forgetting(household_id=family.id)) for family in families]
    return {"forgetting_id": rows[0].id}
