"""Makes a change to the playbook of what was typed, and reads from the catalogue what boards have shown."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import ValidationError

from console.ending import NotDone, suggest
from console.finding import find_role
from console.moments import read_duration
from console.words import read_slug
from domain.amendment import AddStep, AlterStep, Change, DropStep, MoveStep, Part
from domain.calendar import DAY
from domain.durations import ENOUGH, Learned
from domain.plan import Step

if TYPE_CHECKING:
    from datetime import timedelta

    from catalogue.rows import Json
    from console.reading import Connection

LEARNED = "learned"
"""The word that stands for the median of the boards that have done a step."""


@dataclass(frozen=True)
class Wanted:
    """A change as it was typed; what was not given is ``None``.

    Attributes:
        act: ``add``, ``alter``, ``drop`` or ``move``.
        step: The step's slug.
        part: The plan of a step that is added.
        title: What is to be done.
        owner: The role that does it.
        duration: The time allowed, or ``learned``.
        needs: The steps that come first, joined by commas.
        needed_by: The steps that come after a new one.
        before: The step before which it is listed.
        guidance: What helps whoever does it.
        mandatory: Whether it may never be skipped.
        redo: Whether whoever has done it has to do it again.
    """

    act: str
    step: str
    part: str | None
    title: str | None
    owner: str | None
    duration: str | None
    needs: str | None
    needed_by: str | None
    before: str | None
    guidance: str | None
    mandatory: bool | None
    redo: bool


async def observe(connection: "Connection", technology: str, wanted: Wanted) -> Learned | None:
    """How long boards took for the step, where its duration is to be the learned one; else ``None``.

    Raises:
        NotDone: Too few boards have done it.
    """
    from catalogue.queries.durations import list_durations

    if wanted.duration != LEARNED:
        return None
    times = {it.step: it for it in await list_durations(connection, technology)}
    found = times.get(wanted.step)
    boards = 0 if found is None else found.boards
    if found is None or boards < ENOUGH or found.median is None or found.least is None or found.most is None:
        raise NotDone(
            f'{boards} boards have done "{wanted.step}" so far, which says too little: give a duration such '
            "as P21D, or wait for more."
        )
    return Learned(boards=boards, median=found.median, least=found.least, most=found.most)


async def compose(
    connection: "Connection", wanted: Wanted, playbook: "Json", observed: Learned | None
) -> Change:
    """The change.

    Args:
        connection: The way to the catalogue.
        wanted: What was typed.
        playbook: The playbook that it is to change.
        observed: How long boards took, where that is to be the duration.

    Raises:
        NotDone: It cannot be made.
    """
    owner = None if wanted.owner is None else await find_role(connection, wanted.owner)
    duration = _duration(wanted, observed)
    _check_options(wanted)
    if wanted.act == "add":
        return _add(wanted, owner, duration)
    part = _part_of(wanted.step, playbook)
    match wanted.act:
        case "drop":
            return DropStep(part=part, id=wanted.step)
        case "move":
            return MoveStep(
                part=part, id=wanted.step, needs=_needs(wanted, part, playbook), before=wanted.before
            )
        case _:
            return AlterStep(
                part=part,
                id=wanted.step,
                title=wanted.title,
                owner=owner,
                duration=duration,
                needs=None if wanted.needs is None else _slugs(wanted.needs),
                mandatory=wanted.mandatory,
                guidance=wanted.guidance,
                redo=wanted.redo,
            )


def _duration(wanted: Wanted, observed: Learned | None) -> "timedelta | None":
    if observed is not None:
        # Plans count in days; half of the boards needed no more than these.
        return -(-observed.median // DAY) * DAY
    return None if wanted.duration is None else read_duration(wanted.duration, "--duration P21D for 21 days")


_TAKES = {
    "add": ("part", "title", "owner", "duration", "needs", "needed_by", "before", "guidance", "mandatory"),
    "alter": ("title", "owner", "duration", "needs", "guidance", "mandatory", "redo"),
    "drop": (),
    "move": ("needs", "before"),
}


def _check_options(wanted: Wanted) -> None:
    """Refuse what has no place in such a change, and a change that says nothing."""
    given = [name for name in _TAKES["add"] + ("redo",) if getattr(wanted, name) not in {None, False}]
    for name in given:
        if name not in _TAKES[wanted.act]:
            raise NotDone(f"--{name.replace('_', '-')} has no place in `{wanted.act}`: leave it out.")
    if wanted.act in {"alter", "move"} and not given and wanted.mandatory is None:
        takes = ", ".join(f"--{name.replace('_', '-')}" for name in _TAKES[wanted.act])
        raise NotDone(f'Say what is to be different about "{wanted.step}": {takes}.')


def _add(wanted: Wanted, owner: str | None, duration: "timedelta | None") -> AddStep:
    lacking = [
        f"--{name}"
        for name, value in (("title", wanted.title), ("owner", owner), ("duration", duration))
        if value is None
    ]
    if lacking:
        raise NotDone(f'The new step "{wanted.step}" needs {" and ".join(lacking)}: say so.')
    try:
        part = Part(wanted.part or Part.IMPLEMENTATION)
    except ValueError as error:
        hint = suggest(str(wanted.part), list(Part))
        raise NotDone(f'"{wanted.part}" is no part of a playbook: {hint}') from error
    try:
        step = Step.model_validate(
            {
                "id": wanted.step,
                "title": wanted.title,
                "owner": owner,
                "duration": duration,
                "needs": _slugs(wanted.needs or ""),
                "mandatory": bool(wanted.mandatory),
                "guidance": wanted.guidance,
            }
        )
    except ValidationError as error:
        what = error.errors()[0]
        raise NotDone(f"The new step's {what['loc'][0]} cannot be so: {what['msg'].lower()}.") from error
    return AddStep(part=part, step=step, needed_by=_slugs(wanted.needed_by or ""), before=wanted.before)


def _part_of(step: str, playbook: "Json") -> Part:
    steps = {it["id"]: part for part in Part for it in playbook[part]["steps"]}
    if step not in steps:
        hint = suggest(step, steps) or "see `python starter.py playbook show`."
        raise NotDone(f'The playbook has no step "{step}": {hint}')
    return steps[step]


def _needs(wanted: Wanted, part: Part, playbook: "Json") -> tuple[str, ...]:
    """The prerequisites of a step that is moved: as typed, or as they are."""
    if wanted.needs is not None:
        return _slugs(wanted.needs)
    step = next(it for it in playbook[part]["steps"] if it["id"] == wanted.step)
    return tuple(step["needs"])


def _slugs(text: str) -> tuple[str, ...]:
    return tuple(read_slug("a step", word) for word in text.split(",") if word.strip())
