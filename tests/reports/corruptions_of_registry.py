"""What can go wrong with lists of registries."""

from marketplace.reports.checks import registry
from tests.reports.breaking import breaks, first

APPLIED = first("registry_import", "state = 'applied'")
UNDONE = first("registry_import", "state = 'undone'")
ROW = f"(SELECT min(id) FROM registry_row WHERE import_id = {APPLIED})"

ALL = [
    breaks(
        registry.counts,
        registry.applied,
        sql=f"UPDATE registry_import SET new = new - 1, unchanged = unchanged + 1 WHERE id = {APPLIED}",
    ),
    breaks(registry.outcomes, sql=f"UPDATE registry_import SET refused = refused + 1 WHERE id = {APPLIED}"),
    breaks(registry.applied, sql=f"UPDATE registry_row SET applied_at = NULL WHERE id = {ROW}"),
    breaks(registry.undone, sql=f"UPDATE registry_import SET kept = kept + 1 WHERE id = {UNDONE}"),
    breaks(registry.families, sql=f"UPDATE registry_row SET person_id = NULL WHERE id = {ROW}"),
]
