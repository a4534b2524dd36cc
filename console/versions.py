"""How versions of the playbook are drawn: what differs, what adopting does, what was decided, who waits."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, counted, due, minute

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout
    from catalogue.rows.work import StepTimes
    from console.migrating import Outcome, Prospect
    from domain.difference import PlanDiff
    from domain.edition_rules import Preview
    from domain.plan import Plan

DAY = timedelta(days=1)


def days(time: timedelta | None) -> str:
    """A time in days of the plan: ``12.5 days``."""
    if time is None:
        return ""
    number = round(time / DAY, 1)
    if not number:
        return "under 0.1 days"
    return f"{number:g} day" if number == 1 else f"{number:g} days"


# --- what differs -------------------------------------------------------------------------------------------


def draw_diff(old: "Plan", new: "Plan", found: "PlanDiff") -> None:
    """What differs between two versions of a plan."""
    output.heading(new.title)
    rows: list[tuple[Cell, Cell, Cell]] = [
        *(((Styled("added", "green"), name, _added(new, name))) for name in found.added),
        *(((Styled("dropped", "red"), name, old.by_id[name].title)) for name in found.dropped),
        *(
            ((Styled("to be done again", "bold yellow"), name, new.by_id[name].title))
            for name in found.redone
        ),
        *(("changed", name, _changed(old, new, name, fields)) for name, fields in found.changed.items()),
        *(("moved", name, "stands elsewhere among the others") for name in found.moved),
    ]
    output.print_table(("What", "Step", "~How"), rows, empty="Nothing differs.")


def _added(new: "Plan", name: str) -> Cell:
    step = new.by_id[name]
    after = f"after {', '.join(step.needs)}" if step.needs else "at once"
    must = ", mandatory" if step.mandatory else ""
    return (step.title, Styled(f"{step.owner}, {days(step.duration)}, {after}{must}", "dim"))


def _changed(old: "Plan", new: "Plan", name: str, fields: Sequence[str]) -> Cell:
    before, after = old.by_id[name], new.by_id[name]
    return tuple(
        f"{field}: {_said(getattr(before, field))} → {_said(getattr(after, field))}" for field in fields
    )


def _said(value: object) -> str:
    match value:
        case timedelta():
            return days(value)
        case bool():
            return "yes" if value else "no"
        case None | ():
            return "none"
        case tuple():
            return ", ".join(getattr(it, "id", str(it)) for it in value)
        case _:
            return str(value)


# --- what adopting would do ---------------------------------------------------------------------------------


def draw_prospects(found: "Iterable[Prospect]", *, with_technology: bool) -> None:
    """What adopting would do at each board."""
    output.print_table(
        ("Board", "Stage", "Version", "~What would become of its steps"),
        [
            (
                (Styled(it.board, "bold"), *((Styled(it.technology, "dim"),) if with_technology else ())),
                it.stage,
                f"{it.before or '-'} → {it.version}",
                _foreseen(it),
            )
            for it in found
        ],
        empty="No board replicates the playbook at present.",
    )


def _foreseen(it: "Prospect") -> Cell:
    if it.preview is None:
        return Styled(it.why_not, "yellow")
    told, lines = it.preview.migration, list[str | Styled]()
    lines += [f"{counted(len(told.kept), 'step')} kept"] if told.kept else []
    lines += [f"added: {', '.join(told.added)}"] if told.added else []
    lines += [Styled(f"to be done again: {', '.join(told.reopened)}", "yellow")] if told.reopened else []
    lines += [f"dropped: {', '.join(told.dropped)}"] if told.dropped else []
    lines += (
        [Styled(f"blocked until what it now needs is done: {', '.join(told.held)}", "yellow")]
        if told.held
        else []
    )
    lines += [f"open again: {', '.join(told.resumed)}"] if told.resumed else []
    lines += [f"due date of {move.step}: {due(move.before)} → {due(move.after)}" for move in told.due]
    lines += _around(it.preview)
    lines += [Styled(f"unsafe: {why}", "bold red") for why in it.preview.unsafe]
    return tuple(lines) or "nothing changes"


def _around(found: "Preview") -> list[str | Styled]:
    lines: list[str | Styled] = []
    if found.withdraws is not None:
        lines.append(Styled(f"gate {found.withdraws} is withdrawn until its plan is done", "yellow"))
    if found.to_come is not None and not found.to_come.empty:
        come = found.to_come
        number = len({*come.added, *come.dropped, *come.changed, *come.redone, *come.moved})
        lines.append(f"in the handover to come, {counted(number, 'step')} differ")
    if found.unapplied:
        names = ", ".join(f"{it.step} ({it.change})" for it in found.unapplied)
        lines.append(Styled(f"not applied, for its gate was passed: {names}", "dim"))
    return lines


# --- what was decided ---------------------------------------------------------------------------------------

ENDING_STYLE = {"adopted": "green", "declined": "yellow", "not done": "bold red"}


def draw_outcomes(found: "Iterable[Outcome]", *, with_technology: bool) -> None:
    """What became of each board's decision."""
    output.print_table(
        ("Board", "Version", "Outcome", "~Why"),
        [
            (
                (Styled(it.board, "bold"), *((Styled(it.technology, "dim"),) if with_technology else ())),
                str(it.version),
                Styled(it.ending, ENDING_STYLE.get(it.ending, "dim")),
                it.why,
            )
            for it in found
        ],
        empty="No board replicates the playbook at present.",
    )


def offered(it: "Rollout") -> Cell:
    """What a board says to the later version that it is offered."""
    if it.offered is None:
        return ""
    if it.declined is None:
        return Styled(f"version {it.offered} is offered since {minute(it.offered_since)}", "yellow")
    said = it.declined
    return f"version {it.offered} declined {minute(said.at)} by {said.name} ({said.role}): {said.reason}"


def old_versions(found: "Iterable[Rollout]") -> None:
    """The boards that replicate, or have replicated, an earlier version than the last."""
    rows = [
        (Styled(it.board, "bold"), it.stage, f"{it.playbook} of {it.latest}", offered(it))
        for it in found
        if it.outdated and it.stopped is None
    ]
    if rows:
        output.heading("Boards on an earlier version of the playbook")
        output.print_table(("Board", "Stage", "Version", "~And the later one"), rows, empty="")


# --- how long steps take ------------------------------------------------------------------------------------


def draw_durations(found: "Iterable[StepTimes]") -> None:
    """How long boards took for each step, beside what is planned."""
    output.print_table(
        ("Plan", "Step", "Planned", "Took", "~Over"),
        [
            (it.plan, it.step, days(it.planned) or Styled("dropped", "dim"), days(it.median), over(it))
            for it in found
        ],
        empty="No playbook has been published yet.",
    )


def over(it: "StepTimes") -> Cell:
    """The range of times, and over how many boards; where they are few, that."""
    if not it.boards:
        return Styled("no board yet", "dim")
    boards = counted(it.boards, "board")
    if not it.enough:
        return Styled(f"only {boards}", "dim")
    return f"{days(it.least)} to {days(it.most)}, {boards}"


def took(it: "StepTimes | None") -> str:
    """How long boards took, in a few words."""
    if it is None or not it.boards:
        return ""
    few = "" if it.enough else " only"
    return f"{days(it.median)}, {counted(it.boards, 'board')}{few}"
