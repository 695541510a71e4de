"""What we may send to Stripe, as a short schema of our own; and its own OpenAPI, where that lies beside the project."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from jsonschema import Draft202012Validator

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT.parent / "shared" / "data" / "stripe" / "spec3-subset-2023-08-16.json"
NUMBERS = {"quantity", "unit_amount", "expires_at", "amount", "limit"}

TEXT = {"type": "string", "minLength": 1, "maxLength": 5000}
METADATA = {
    "type": "object",
    "required": ["order", "payment"],
    "properties": {"order": {"pattern": "^WK-"}, "payment": {"pattern": "^[0-9]+$"}},
    "additionalProperties": False,
}
LINE = {
    "type": "object",
    "required": ["quantity", "price_data"],
    "properties": {
        "quantity": {"type": "integer", "minimum": 1},
        "price_data": {
            "type": "object",
            "required": ["currency", "unit_amount", "product_data"],
            "properties": {
                "currency": {"const": "idr"},
                # Rupiah have two decimals there, and ours are whole.
                "unit_amount": {"type": "integer", "minimum": 100, "multipleOf": 100},
                "product_data": {
                    "type": "object",
                    "required": ["name"],
                    "properties": {"name": TEXT},
                    "additionalProperties": False,
                },
            },
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
SESSION = {
    "type": "object",
    "required": ["mode", "line_items", "metadata", "payment_intent_data", "expires_at", "success_url", "cancel_url"],
    "properties": {
        "mode": {"const": "payment"},
        "locale": {"const": "id"},
        "line_items": {"type": "array", "minItems": 1, "maxItems": 100, "items": LINE},
        "client_reference_id": {"pattern": "^WK-"},
        "metadata": METADATA,
        "payment_intent_data": {
            "type": "object",
            "properties": {"metadata": METADATA, "description": TEXT},
            "additionalProperties": False,
        },
        "expires_at": {"type": "integer"},
        "success_url": {"pattern": "^https?://"},
        "cancel_url": {"pattern": "^https?://"},
    },
    "additionalProperties": False,
}
"""No name, phone, e-mail or address of a buyer is in it."""
REFUND = {
    "type": "object",
    "required": ["payment_intent", "amount", "metadata"],
    "properties": {
        "payment_intent": {"pattern": "^pi_"},
        "amount": {"type": "integer", "minimum": 100, "multipleOf": 100},
        "reason": {"const": "requested_by_customer"},
        "metadata": {
            "type": "object",
            "required": ["refund"],
            "properties": {"refund": {"pattern": "^[0-9]+$"}},
            "additionalProperties": False,
        },
    },
    "additionalProperties": False,
}
NOTHING: dict[str, Any] = {"type": "object", "maxProperties": 0}
OURS: dict[str, dict[str, Any]] = {
    "/v1/checkout/sessions": SESSION,
    "/v1/checkout/sessions/{session}/expire": NOTHING,
    "/v1/refunds": REFUND,
}
"""Template of a path → what is posted to it."""


def decoded(text: str) -> dict[str, Any]:
    """Read the nested form of Stripe's requests: `line_items[0][price_data][currency]=idr`."""
    whole: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", name)
        place = whole
        for part in path:
            place = place.setdefault(part, {})
        is_number = last in NUMBERS and value.isdigit()
        place[last] = int(value) if is_number else value
    listed = _with_lists(whole)
    assert isinstance(listed, dict)
    return listed


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(key.isdigit() for key in value):
        return [_with_lists(each) for _key, each in sorted(value.items(), key=lambda pair: int(pair[0]))]
    return {key: _with_lists(each) for key, each in value.items()}


def template_of(path: str) -> str:
    """Return a path with names in place of what stands for a single thing."""
    path = re.sub(r"/sessions/[^/]+", "/sessions/{session}", path)
    return re.sub(r"/refunds/[^/]+", "/refunds/{refund}", path)


def problems(path: str, body: dict[str, Any]) -> list[str]:
    """Return what is wrong with a posted body by our schema; an unknown path is wrong."""
    schema = OURS.get(template_of(path))
    if schema is None:
        return [f"{path}: nothing is posted there"]
    return [f"{path}: {error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(body)]


def published_problems(path: str, body: dict[str, Any]) -> list[str]:
    """Return the same by the published schema."""
    paths = json.loads(PUBLISHED.read_text())["paths"]
    posted = paths[template_of(path)]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    return [f"{path}: {error.json_path}: {error.message}" for error in Draft202012Validator(posted).iter_errors(body)]
