"""Fits a file's tree to the model of what it may hold, and says each misfit in its author's terms."""

import json
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from domain.value import Tagged, Value
from programme.document import Document, Node
from programme.errors import Problem
from programme.places import describe, singular

V = TypeVar("V", bound=Value)

_WANTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "date_type": "a date such as 2026-11-23",
    "date_parsing": "a date such as 2026-11-23",
    "date_from_datetime_parsing": "a date such as 2026-11-23",
    "date_from_datetime_inexact": "a date such as 2026-11-23",
    "time_delta_type": "a duration in days or weeks such as P28D",
    "time_delta_parsing": "a duration in days or weeks such as P28D",
}
_SLUG_HINT = "use lower case letters, digits and single hyphens"
_RULE = "value_error"


@dataclass(frozen=True, slots=True)
class Fit(Generic[V]):
    """What became of a file's tree.

    Attributes:
        value: The model, where the tree fits.
        problems: Misfits of single values.
        broken_rules: Rules of the model that span several values and do not hold. They name the first line of
            what they are about, so a more exact finding of the same should be preferred.
    """

    value: V | None
    problems: tuple[Problem, ...] = ()
    broken_rules: tuple[Problem, ...] = ()


def fit(model: type[V], document: Document, kind: str) -> Fit[V]:
    """The tree as the model, or what stands in the way."""
    try:
        return Fit(model.model_validate_json(json.dumps(document.root.plain()), strict=True))
    except ValidationError as error:
        details = error.errors(include_url=False)
    misfits: dict[tuple[int, str], Problem] = {}
    broken: list[Problem] = []
    for detail in details:
        spot = _Spot(document.root, kind, detail["loc"])
        problem = Problem(document.file, spot.line, *_explain(detail, spot, model))
        if detail["type"] == _RULE:
            broken.append(problem)
        else:
            # A union reports one misfit for each of its members: the first says enough.
            misfits.setdefault((spot.line, spot.key), problem)
    return Fit(None, tuple(misfits.values()), tuple(broken))


class _Spot:
    """Where in a tree an error is: its line, the key above it and the thing it belongs to."""

    def __init__(self, root: Node, kind: str, path: tuple[int | str, ...]) -> None:
        self.owner = describe(root, kind) or f"this {kind}"
        self.key = kind
        self.known: tuple[str, ...] = ()
        self.tag: str | None = None
        node, above = root, kind
        for part in path:
            child = _step_into(node, part)
            if child is None:
                # Where a value may be one of several kinds, its kind stands in the path although in no key.
                self.tag = part if isinstance(part, str) and node.text("kind") == part else self.tag
                self.key = part if isinstance(part, str) and not part.startswith("[") else self.key
                continue
            node = child
            if isinstance(part, str):
                self.key = above = part
                self.known = (*self.known, part)
            if isinstance(node.content, dict):
                self.owner = describe(node, singular(above)) or self.owner
        self.line = node.line
        self.node = node


def _step_into(node: Node, part: int | str) -> Node | None:
    if isinstance(part, str):
        return node.children().get(part)
    items = node.items()
    return items[part] if part < len(items) else None


def _explain(detail: ErrorDetails, spot: _Spot, model: type[Value]) -> tuple[str, str]:
    kind = detail["type"]
    match kind:
        case "missing":
            return f'{spot.owner} lacks "{spot.key}"', "add it"
        case "extra_forbidden":
            return f'{spot.owner} has the unknown key "{spot.key}"', _known_keys(spot, model)
        case "enum" | "literal_error":
            return _said(spot), suggest_choice(spot.node.content, _choices(detail))
        case "union_tag_not_found":
            return f'{spot.owner} lacks "kind" under "{spot.key}"', "add it"
        case "union_tag_invalid":
            tag = str(detail.get("ctx", {}).get("tag", ""))
            return f'{spot.owner} has {json.dumps(tag)} as "kind"', suggest_choice(tag, _choices(detail))
        case "string_pattern_mismatch":
            pattern = str(detail.get("ctx", {}).get("pattern", ""))
            hint = _SLUG_HINT if pattern.startswith("^[a-z0-9]") else f"write it so that it matches {pattern}"
            return _said(spot), hint
        case _ if kind == _RULE:
            return _in_two(str(detail.get("ctx", {}).get("error", detail["msg"])))
        case "too_short":
            return f'{spot.owner} has too few under "{spot.key}"', "add at least one"
        case _ if kind in _WANTED:
            return _said(spot), f"it should be {_WANTED[kind]}"
        case _:
            return _said(spot), detail["msg"][:1].lower() + detail["msg"][1:]


def _in_two(message: str) -> tuple[str, str]:
    what, colon, fix = message.rpartition(": ")
    return (what, fix) if colon else (message, "correct it")


def _said(spot: _Spot) -> str:
    content = spot.node.content
    if isinstance(content, tuple):
        shown = "a list"
    elif isinstance(content, dict):
        shown = "a mapping"
    else:
        shown = json.dumps(content, ensure_ascii=False)
    return f'{spot.owner} has {shown} as "{spot.key}"'


def _choices(detail: ErrorDetails) -> tuple[str, ...]:
    context = detail.get("ctx", {})
    expected = str(context.get("expected", context.get("expected_tags", "")))
    return tuple(word.strip(" '") for word in expected.replace(" or ", ",").split(",") if word.strip())


def suggest_choice(word: Any, choices: tuple[str, ...]) -> str:
    """What to write instead of a word: the choice that is close to it, or the choices."""
    close = get_close_matches(str(word), choices, n=1)
    if close:
        return f'did you mean "{close[0]}"?'
    if not choices:
        return "define it first, or correct the name"
    listed = choices[:_LISTED]
    more = f" or {len(choices) - _LISTED} others" if len(choices) > _LISTED else ""
    return f"choose from {', '.join(listed)}{more}"


_LISTED = 12


def _known_keys(spot: _Spot, model: type[Value]) -> str:
    fields = tuple(_model_at(model, spot.known[:-1], spot.tag).model_fields)
    return suggest_choice(spot.key, fields)


def _model_at(model: type[BaseModel], path: tuple[str, ...], tag: str | None) -> type[BaseModel]:
    for part in path:
        field = model.model_fields.get(part)
        if field is not None:
            model = _model_in(field.annotation, tag) or model
    return model


def _model_in(annotation: Any, tag: str | None) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        other_kind = issubclass(annotation, Tagged) and annotation.model_fields["kind"].default != tag
        return None if other_kind else annotation
    for argument in get_args(annotation):
        if (found := _model_in(argument, tag)) is not None:
            return found
    return None
