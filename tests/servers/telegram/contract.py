"""Telegram's published contract as JSON schemas: what a call may carry and what an answer must look like.

The source lists fields with types in words ("Array of MessageEntity"); here they become one schema document
with a definition for each type, closed (a misspelt field is an error), and checked by jsonschema.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

if TYPE_CHECKING:
    from pathlib import Path

Json = dict[str, Any]
ROOT = "urn:telegram"
PRIMITIVES: dict[str, Json] = {
    "String": {"type": "string"},
    "Integer": {"type": "integer"},
    "Float": {"type": "number"},
    "Boolean": {"type": "boolean"},
    "True": {"const": True},
}
#: A part of a multipart form, as `BotApi` hands it in.
UPLOAD: Json = {
    "type": "object",
    "properties": {"upload": {"type": "string"}},
    "required": ["upload"],
    "additionalProperties": False,
}
#: "Type of the result, must be audio" · "The member's status in the chat, always “member”"
_ALWAYS = re.compile(r"(?:must be|always) [“\"]?([a-z_]+)[”\"]?\.?$")


class Broken(AssertionError):
    """A call, an answer or an update is not as the contract has it."""


def _type(name: str) -> Json:
    if name.startswith("Array of "):
        return {"type": "array", "items": _type(name.removeprefix("Array of "))}
    return PRIMITIVES.get(name) or {"$ref": f"{ROOT}#/$defs/{name}"}


def _any(names: list[str]) -> Json:
    return _type(names[0]) if len(names) == 1 else {"anyOf": [_type(name) for name in names]}


def _field(field: Json) -> Json:
    constant = _ALWAYS.search(field["description"]) if field["name"] in {"type", "status", "source"} else None
    return {"const": constant.group(1)} if constant else _any(field["types"])


def _closed(fields: list[Json]) -> Json:
    return {
        "type": "object",
        "properties": {field["name"]: _field(field) for field in fields},
        "required": [field["name"] for field in fields if field["required"]],
        "additionalProperties": False,
    }


def _definition(spec: Json) -> Json:
    if spec["name"] == "InputFile":
        return UPLOAD
    return _any(spec["subtypes"]) if spec.get("subtypes") else _closed(spec.get("fields", []))


class Contract:
    """The Bot API as a judge."""

    def __init__(self, path: Path) -> None:
        """Read `telegram_api.json`."""
        spec = json.loads(path.read_text(encoding="utf-8"))
        self.version: str = spec["version"]
        self.methods: dict[str, Json] = spec["methods"]
        definitions = {name: _definition(each) for name, each in spec["types"].items()}
        calls = {name: _closed(each.get("fields", [])) for name, each in self.methods.items()}
        results = {name: _any(each["returns"]) for name, each in self.methods.items()}
        document = {"$id": ROOT, "$defs": definitions, "calls": calls, "results": results}
        self._registry = Registry().with_resource(ROOT, Resource(document, DRAFT202012))
        self._validator = cache(self._build)

    def _build(self, pointer: str) -> Draft202012Validator:
        return Draft202012Validator({"$ref": f"{ROOT}#/{pointer}"}, registry=self._registry)

    def _check(self, pointer: str, value: Any) -> None:
        wrong = [
            f"{pointer} {error.json_path}: {error.message[:300]}"
            for error in self._validator(pointer).iter_errors(value)
        ]
        if wrong:
            raise Broken("; ".join(wrong))

    def call(self, method: str, params: Json) -> None:
        """Raise `Broken` unless these parameters may go to this method."""
        if method not in self.methods:
            raise Broken(f"there is no method {method}")
        self._check(f"calls/{method}", params)

    def result(self, method: str, value: Any) -> None:
        """Raise `Broken` unless the method may answer this."""
        self._check(f"results/{method}", value)

    def thing(self, kind: str, value: Any) -> None:
        """Raise `Broken` unless this is an object of the type."""
        self._check(f"$defs/{kind}", value)

    def read_form(self, method: str, form: dict[str, str]) -> Json:
        """Parameters out of form fields: text stays text, everything else is JSON-serialised."""
        fields = {field["name"]: field["types"] for field in self.methods.get(method, {}).get("fields", [])}
        return {name: _read(text, fields.get(name, ["String"])) for name, text in form.items()}


def _read(text: str, types: list[str]) -> Any:
    if types == ["String"] or "InputFile" in types:
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text
