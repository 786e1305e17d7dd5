"""Discord's published contract (OpenAPI 3.1): whether a request is one that Discord says it takes.

What the document does not say and Discord does is let through: a snowflake may be an integer, and discord.py
sends `tts` with every edit and `nsfw` with every command.
"""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
ROOT = "urn:discord"
IGNORED = {("PATCH", "tts"), ("POST", "tts"), ("PUT", "nsfw")}


class Contract:
    """Discord's contract, ready to be asked."""

    def __init__(self, path: Path) -> None:
        """Read the OpenAPI document."""
        self._document: Json = json.loads(path.read_text("utf-8"))
        schemas = self._document["components"]["schemas"]
        schemas["SnowflakeType"] = {
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^(0|[1-9][0-9]*)$"}]
        }
        for schema in schemas.values():
            _close(schema)
        self._registry = Registry().with_resource(
            ROOT, Resource(contents=self._document, specification=DRAFT202012)
        )

    @cached_property
    def _templates(self) -> list[tuple[re.Pattern[str], str]]:
        """Every path with the pattern of its addresses; those with fewer blanks first."""
        paths = sorted(self._document["paths"], key=lambda path: path.count("{"))
        return [(re.compile(re.sub(r"\\{[^/]+?\\}", "[^/]+", re.escape(path)) + "$"), path) for path in paths]

    def problems(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a request, in words; nothing where it is right.

        Args:
            method: `PATCH`.
            path: As it was asked for, below `/api/v10`, without its query.
            body: The JSON, or the `payload_json` of a multipart form; None without one.
        """
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: Discord has no such operation"]
        content = operation.get("requestBody", {}).get("content", {})
        if body is None:
            return []
        if "application/json" not in content:
            return [f"{method} {path}: takes no body"]
        schema = content["application/json"]["schema"]
        where = "#/components/schemas/"
        located = json.loads(json.dumps(schema).replace(f'"{where}', f'"{ROOT}{where}'))
        validator = Draft202012Validator(located, registry=self._registry)
        found = best_match(validator.iter_errors(_without_ignored(method, body)))
        return [f"{method} {path}: {found.json_path}: {found.message[:300]}"] if found else []

    def _operation(self, method: str, path: str) -> Json | None:
        for pattern, template in self._templates:
            if pattern.match(path):
                operation: Json | None = self._document["paths"][template].get(method.lower())
                if operation is not None:
                    return operation
        return None


def _without_ignored(method: str, body: object) -> object:
    if isinstance(body, list):
        return [_without_ignored(method, each) for each in body]
    if isinstance(body, dict):
        return {name: value for name, value in body.items() if (method, name) not in IGNORED}
    return body


def _close(schema: Json) -> None:
    """Accept no property that is not listed, so that a misspelt field is a problem."""
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
