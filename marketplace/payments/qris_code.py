"""QRIS payloads with amount and reference, and their pictures."""

from lokal import parse_qris, qris_crc, set_qris_amount

REFERENCE_LENGTH = 25
ADDITIONAL_DATA, REFERENCE_LABEL, CHECKSUM = "62", "05", "63"


def dynamic(static_payload: str, amount: int, reference: str) -> str:
    """Return a payload that asks for an amount (rupiah) under a reference of at most 25 characters.

    Raises ValueError for a payload that is not intact.
    """
    fields = {field.tag: field for field in parse_qris(set_qris_amount(static_payload, amount)).fields}
    del fields[CHECKSUM]
    old = fields.get(ADDITIONAL_DATA)
    parts = {child.tag: child.value for child in (old.children or [])} if old else {}
    parts[REFERENCE_LABEL] = reference[:REFERENCE_LENGTH]
    values = {tag: field.value for tag, field in fields.items()}
    values[ADDITIONAL_DATA] = _encode(dict(sorted(parts.items())))
    # 00 stays first; languages and further templates (64, 80–99) may follow 62.
    body = _encode(dict(sorted(values.items()))) + CHECKSUM + "04"
    return body + qris_crc(body)


def _encode(values: dict[str, str]) -> str:
    return "".join(f"{tag}{len(value):02d}{value}" for tag, value in values.items())
