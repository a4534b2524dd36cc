"""What the Temporal UI shows of a life: search attributes to filter by, and details that a manager can read.

Details are Markdown with lists and no tables, and name roles and boards, never people. Moments are UTC.
"""

from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from domain import programme, rollout, technology, workstream
    from domain.gate import OpenGate
    from domain.journey import Journey
    from domain.judging import judge_gate, waivers_in_force
    from domain.programme import Programme
    from domain.proposal import Wave
    from domain.rollout import Rollout
    from domain.standing import Wait, next_due, still_to_decide
    from domain.technology import Technology
    from domain.value import at_day
    from domain.work import count_closed
    from domain.workstream import Workstream
    from workflows import attributes

DECISIONS_SHOWN = 10
"""How many decisions the details list; the ledger has all of them."""

WAITS_SHOWN = 12
"""How many open matters the details list."""


def rollout_attributes(state: Rollout) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a rollout."""
    return {
        attributes.TECHNOLOGY: state.brief.technology,
        attributes.BOARD: state.brief.board,
        attributes.WAVE: state.direction.wave,
        **_journey_attributes(state, rollout.waits(state)),
    }


def technology_attributes(state: Technology) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a technology."""
    return {
        attributes.TECHNOLOGY: state.proposal.technology,
        **_journey_attributes(state, technology.waits(state)),
    }


def workstream_attributes(state: Workstream) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a workstream."""
    return {
        attributes.TECHNOLOGY: state.brief.technology,
        **_journey_attributes(state, workstream.waits(state)),
    }


def programme_attributes(_state: Programme) -> dict[SearchAttributeKey[Any], Any]:
    """The programme office has nothing to filter by: there is one."""
    return {}


def _journey_attributes(state: Journey, waits: tuple[Wait, ...]) -> dict[SearchAttributeKey[Any], Any]:
    return {
        attributes.STAGE: "stopped" if state.stopped else str(state.stage),
        attributes.RAG: str(state.rag),
        attributes.WAITING_ON: sorted({wait.on for wait in waits}) or None,
        attributes.NEXT_DUE: next_due(state),
    }


def rollout_details(state: Rollout, now: datetime) -> str:
    """Where a rollout stands."""
    about = [
        f"Wave: {state.direction.wave}",
        *([f"Playbook: version {state.adopted}"] if state.adopted else []),
        *([f"Cycle of test and learn: {state.cycle}"] if state.brief.pilot else []),
    ]
    if state.held_up:
        about.append(f"**No gate may be passed**: {state.held_up}")
    return _page(f"{state.brief.title} at {state.brief.board}", state, now, about, rollout.waits(state))


def technology_details(state: Technology, now: datetime) -> str:
    """Where a technology stands."""
    about = [
        f"Cycle of test and learn: {state.cycle}",
        *([f"Playbook: version {state.playbook.version}"] if state.playbook else []),
    ]
    # Boards that are waited for are named once, beside where each of them stands.
    started = dict(technology.boards_started(state))
    waits = tuple(wait for wait in technology.waits(state) if wait.on not in started)
    waves = [_wave_line(state, wave, started) for wave in state.waves]
    return _page(state.proposal.title, state, now, about, waits, _list("Waves and boards", waves))


def _wave_line(state: Technology, wave: Wave, started: dict[str, str]) -> str:
    release = "released" if wave.name in state.released else "to come"
    boards = [
        f"{board} {_board_stands(state, board)}" if board in started else board for board in wave.boards
    ]
    return f"**{wave.name}**, {release}: {', '.join(boards)}"


def _board_stands(state: Technology, board: str) -> str:
    report = state.reports.get(board)
    if report is None:
        return "(starting)"
    if report.stopped:
        return "(stopped)"
    return f"({report.stage}, paused)" if report.paused else f"({report.stage})"


def workstream_details(state: Workstream, now: datetime) -> str:
    """Where a workstream stands."""
    return _page(f"{state.brief.title}, {state.brief.area}", state, now, [], workstream.waits(state))


def programme_details(state: Programme, _now: datetime) -> str:
    """Who holds a slot and who waits for one."""
    slots = [
        f"{place.technology}, {place.board}, since {at_day(place.since)}" for place in state.slots.values()
    ]
    queue = [
        f"{place.technology}, {place.board}, waiting since {at_day(place.since)}"
        for place in programme.queue_order(state)
    ]
    parts = [
        f"# {state.charter.name}",
        f"{len(state.slots)} of {state.capacity} slots are held; {len(state.queue)} rollouts wait.",
        _list("Implementing now", slots),
        _list("Next in line", queue),
    ]
    return "\n\n".join(part for part in parts if part)


def _page(
    title: str, state: Journey, now: datetime, about: list[str], waits: tuple[Wait, ...], more: str = ""
) -> str:
    parts = [
        f"# {title}",
        _list("What it waits for", [_wait_line(wait) for wait in waits[:WAITS_SHOWN]]),
        f"and {len(waits) - WAITS_SHOWN} more" if len(waits) > WAITS_SHOWN else "",
        _list("Where it stands", [*_standing(state), *about]),
        *(_list(f"To be decided: {it.gate.title}", _matter(state, it, now)) for it in state.docket.matters),
        more,
        _list("What was decided, the newest first", _decided(state)),
    ]
    return "\n\n".join(part for part in parts if part)


def _standing(state: Journey) -> list[str]:
    lines = [f"Stage: **{state.stage}** since {_moment(state.since)}", f"Status: **{state.rag}**"]
    if state.work is not None and state.working:
        done, total = count_closed(state.work), len(state.work.plan.steps)
        lines.append(f"{state.work.plan.title}: {done} of {total} steps done")
    if state.stopped:
        end = state.stopped
        lines.append(f"**Stopped** on {at_day(end.at)} by {end.role}: {end.reason}")
    return lines


def _matter(state: Journey, matter: OpenGate, now: datetime) -> list[str]:
    """A gate that waits: what its criteria come to, and who has said what."""
    gate = matter.gate
    waivers = {it.criterion: it.until for it in waivers_in_force(state, gate.id, now)}
    return [
        gate.question,
        *([f"**Reopened**: {matter.because}"] if matter.because else []),
        *(
            f"{it.title}: **{it.result}**{_waived(waivers.get(it.criterion))}. {it.why}"
            for it in judge_gate(state, gate, now)
        ),
        *(
            f"{it.role} says **{it.outcome or 'nothing (abstains)'}**. {it.reason}"
            for it in matter.votes.values()
        ),
        *(
            f"**Objection {it.number}** by {it.raised.role}: {it.raised.reason}"
            for it in state.docket.open_objections(gate.id)
        ),
        f"May still decide: {', '.join(still_to_decide(matter)) or 'nobody'}",
    ]


def _waived(until: datetime | None) -> str:
    return f", waived until {at_day(until)}" if until else ""


def _decided(state: Journey) -> list[str]:
    return [
        f"{_moment(it.at)}, {it.title}: **{it.outcome}**, by {it.role}. {it.reason}"
        for it in reversed(state.decisions[-DECISIONS_SHOWN:])
    ]


def _wait_line(wait: Wait) -> str:
    since = f", since {_moment(wait.since)}" if wait.since else ""
    due = f", due {_moment(wait.due)}" if wait.due else ""
    late = ", **late**" if wait.late else ""
    return f"**{wait.on}**: {wait.what}{since}{due}{late}"


def _moment(moment: datetime) -> str:
    return f"{at_day(moment)} {moment:%H:%M}"


def _list(title: str, items: list[str]) -> str:
    if not items:
        return ""
    return "\n".join([f"## {title}", "", *(f"- {item}" for item in items)])
