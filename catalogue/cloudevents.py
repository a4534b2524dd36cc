"""Events as CloudEvents 1.0, the form in which others receive them."""

from typing import Any

from catalogue.rows.events import Event

_ABOUT_STEPS = frozenset(
    {"step-opened", "step-completed", "step-skipped", "step-reopened", "step-held", "step-overdue"}
)


def as_cloudevent(event: Event) -> dict[str, Any]:
    """The event in CloudEvents' JSON format.

    ``id`` is unique within ``source``, which is the stream. Extension attributes: ``sequence``, ten digits so
    that it sorts as text, as the sequence extension asks; ``actor``; ``actorroles``, separated by commas;
    ``actoronbehalfof``, whose delegation was used; and ``proof``, the actor's signature as compact JWS.
    """
    aggregate = event.stream.partition("/")[0]
    subject = _subject(event)
    return {
        "specversion": "1.0",
        "id": f"{event.stream}#{event.sequence}",
        "source": f"/cairn/{event.stream}",
        "type": f"cairn.{aggregate}.{event.type}",
        **({"subject": subject} if subject else {}),
        "time": event.time.isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "sequence": f"{event.sequence:010}",
        "actor": event.actor,
        **({"actorroles": ",".join(event.roles)} if event.roles else {}),
        **({"actoronbehalfof": event.on_behalf_of} if event.on_behalf_of else {}),
        **({"proof": event.proof} if event.proof else {}),
        "data": event.data,
    }


def _subject(event: Event) -> str | None:
    """What within its stream the event is about: a task, else a board, else nothing in particular."""
    aggregate, *parts = event.stream.split("/")
    if event.type in _ABOUT_STEPS:
        plan, step = event.data["plan"], event.data["step"]
        match aggregate, parts:
            case "technology", [technology]:
                return f"{technology}/national/{plan}/{step}"
            case "workstream", [technology, area]:
                return f"{technology}/workstream/{area}/{step}"
            case _:
                return "/".join((*parts, plan, step))
    if aggregate == "rollout":
        return parts[-1]
    board = event.data.get("board") or event.data.get("report", {}).get("board")
    return board if isinstance(board, str) else None
