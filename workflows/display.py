"""What the Temporal UI shows of a life: search attributes to filter by, and details that a manager can read.

Details are Markdown with lists and no tables, and name roles and boards, never people. Moments are UTC.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey

with workflow.unsafe.imports_passed_through():
    from domain import (
        capacity,
        office_previews,
        rollout_waits,
        service,
        technology_progress,
        technology_waits,
        workstream,
    )
    from domain.barrier import Barrier
    from domain.barrier_words import Nature
    from domain.gate import OpenGate
    from domain.halt import Halt, in_force
    from domain.infrastructure import Awaited
    from domain.journey import Journey
    from domain.judging import judge_gate, waivers_in_force
    from domain.programme import Place, Programme
    from domain.proposal import Wave
    from domain.rollout import Rollout
    from domain.rollout_briefs import Report
    from domain.service import Standing
    from domain.standing import next_due, still_to_decide
    from domain.technology import Technology
    from domain.value import at_day
    from domain.waiting import Wait
    from domain.why import why
    from domain.work import count_closed
    from domain.workstream import Workstream
    from workflows import attributes

DECISIONS_SHOWN = 10
"""How many decisions the details list; the ledger has all of them."""

LARGEST_ATTRIBUTE = 2048
"""Bytes of a search attribute's value that the server accepts: ``limit.searchAttributesSizeOfValue``."""

WAITS_SHOWN = 12
"""How many open matters the details list."""


def rollout_attributes(state: Rollout) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a rollout."""
    return {
        attributes.TECHNOLOGY: state.brief.technology,
        attributes.BOARD: state.brief.board,
        attributes.WAVE: state.direction.wave,
        **_journey_attributes(state, (wait.on for wait in rollout_waits.waits(state))),
    }


def technology_attributes(state: Technology) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a technology."""
    return {
        attributes.TECHNOLOGY: state.proposal.technology,
        **_journey_attributes(state, map(_on_others, technology_waits.waits(state))),
    }


def _on_others(wait: Wait) -> str:
    """Whom a technology waits on; boards and tracks count as one each, for there can be very many."""
    kind, _, rest = (wait.link or "").partition("/")
    if wait.on != rest.partition("/")[2]:
        return wait.on
    return {"rollout": "boards", "workstream": "tracks"}.get(kind, wait.on)


def workstream_attributes(state: Workstream) -> dict[SearchAttributeKey[Any], Any]:
    """The search attributes of a workstream."""
    return {
        attributes.TECHNOLOGY: state.brief.technology,
        **({attributes.BOARD: state.brief.board} if state.brief.board else {}),
        **_journey_attributes(state, (wait.on for wait in workstream.waits(state))),
    }


def programme_attributes(_state: Programme) -> dict[SearchAttributeKey[Any], Any]:
    """The programme office has nothing to filter by: there is one."""
    return {}


def _journey_attributes(state: Journey, waits_on: Iterable[str]) -> dict[SearchAttributeKey[Any], Any]:
    return {
        attributes.STAGE: "stopped" if state.stopped else str(state.stage),
        attributes.HALTED: bool(state.halting),
        attributes.RAG: str(state.rag),
        # Whoever looks for what is halted finds it, whoever owns the halt.
        attributes.WAITING_ON: fitting((*(["halt"] if state.halting else []), *waits_on)) or None,
        attributes.NEXT_DUE: next_due(state),
    }


def fitting(words: Iterable[str]) -> list[str]:
    """The words, each once, as far as a search attribute holds them: a larger one ends the workflow."""
    left = LARGEST_ATTRIBUTE - len("[]")
    found: list[str] = []
    for word in dict.fromkeys(words):
        left -= len(json.dumps(word)) + len(", ")
        if left < 0:
            break
        found.append(word)
    return sorted(found)


def rollout_details(state: Rollout, now: datetime) -> str:
    """Where a rollout stands."""
    about = [
        f"Wave: {state.direction.wave}",
        *([f"Playbook: version {state.adopted}{_offered(state)}"] if state.adopted else []),
        *([f"Cycle of test and learn: {state.cycle}"] if state.is_pilot else []),
    ]
    if state.held_up:
        about.append(f"**No gate may be passed**: {state.held_up}")
    awaited = [] if state.live else [_awaited_line(it) for it in state.direction.awaits]
    more = _list("Infrastructure that going live awaits", awaited)
    title, waits = f"{state.brief.title} at {state.brief.board}", rollout_waits.waits(state)
    return _page(title, state, now, about, waits, more)


def _offered(state: Rollout) -> str:
    """The later version of the playbook that a board has not adopted, and what it said to it."""
    if state.offer is None:
        return ""
    version, declined = state.offer.edition.version, state.offer.declined
    if declined is None:
        return f"; **version {version} is offered**"
    return f"; version {version} was declined on {at_day(declined.at)} by {declined.role}: {declined.reason}"


def technology_details(state: Technology, now: datetime) -> str:
    """Where a technology stands."""
    about = [
        f"Cycle of test and learn: {state.cycle}",
        *([f"Playbook: version {state.playbook.version}"] if state.playbook else []),
        *([f"Takes the place of {state.proposal.replaces}"] if state.proposal.replaces else []),
        *_giving_way(state),
    ]
    # Boards that are waited for are named once, beside where each of them stands.
    started = dict(technology_progress.boards_started(state))
    waits = tuple(wait for wait in technology_waits.waits(state) if wait.on not in started)
    waves = [_wave_line(state, wave, started) for wave in state.waves]
    more = [
        _list("Waves and boards", waves),
        _list("Boards on an earlier version of the playbook", _on_old_versions(state)),
    ]
    return _page(state.proposal.title, state, now, about, waits, "\n\n".join(it for it in more if it))


def _on_old_versions(state: Technology) -> list[str]:
    latest = state.playbook.version if state.playbook else 0
    return [
        f"{board}: version {report.playbook}{_said_of_offer(report)}"
        for board, report in sorted(state.reports.items())
        if report.playbook is not None and report.playbook < latest and not report.stopped
    ]


def _said_of_offer(report: Report) -> str:
    if report.offered is None:
        return f" ({report.stage})"
    return f", version {report.offered} {'declined' if report.declined else 'to be decided on'}"


def _giving_way(state: Technology) -> list[str]:
    if state.replacement is None:
        return []
    by = state.replacement.by
    there = state.successors.get(by, ())
    return [f"**{by} takes its place**: it is business as usual at {', '.join(there) or 'no board yet'}"]


def _wave_line(state: Technology, wave: Wave, started: dict[str, str]) -> str:
    release = "released" if wave.name in state.released else "to come"
    if (hold := state.waves_paused.get(wave.name)) is not None:
        release += f", **paused** since {at_day(hold.at)} by {hold.role}: {hold.reason}"
    if (end := state.waves_stopped.get(wave.name)) is not None:
        release += f", **stopped** on {at_day(end.at)} by {end.role}: {end.reason}"
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
    held = [*(["halted"] if report.halted else []), *(["paused"] if report.paused else [])]
    return f"({', '.join([str(report.stage), *held])})"


def workstream_details(state: Workstream, now: datetime) -> str:
    """Where a workstream stands."""
    where = f" at {state.brief.board}" if state.brief.board else ""
    more = _list(
        "Infrastructure for going live that is not ready",
        [_awaited_line(it) for it in workstream.still_outstanding(state)],
    )
    title = f"{state.brief.title}, {state.brief.area}{where}"
    return _page(title, state, now, [], workstream.waits(state), more)


def _awaited_line(it: Awaited) -> str:
    due = f", expected by {at_day(it.due)}" if it.due else ""
    return f"**{it.infrastructure}**: {it.title}, {it.owner}{due}{', **late**' if it.late else ''}"


def programme_details(state: Programme, _now: datetime) -> str:
    """What is used of each limit, what is under way in both lanes, and who waits for what."""
    queue = office_previews.read_queue(state)
    over = capacity.over_committed(state.limits, service.use_of(state))
    gauges = [it for it in office_previews.read_gauges(state) if it.most is not None]
    gone = [f"{it.technology}, {it.board}" for it in state.lost.values()]
    parts = [
        f"# {state.charter.name}",
        _list(
            "More is sustained than there is room for",
            [f"{capacity.in_words(name)}: **{by} too many**" for name, by in over.items()],
        ),
        _list("Capacity", [f"{capacity.in_words(it.limit)}: {it.used} of {it.most} used" for it in gauges]),
        *(
            _list(lane.capitalize(), [_place_line(it) for it in state.slots.values() if it.lane is lane])
            for lane in capacity.Lane
        ),
        _list("Next in line", [_standing_line(state, it) for it in queue[:WAITS_SHOWN]]),
        f"and {len(queue) - WAITS_SHOWN} more" if len(queue) > WAITS_SHOWN else "",
        _list("No longer running when looked up", gone),
    ]
    return "\n\n".join(part for part in parts if part)


def _place_line(place: Place) -> str:
    what = f"{place.technology}, {place.board}" if place.technology else place.title
    where = f", {place.board}" if place.board and not place.technology else ""
    return f"{what}{where}, since {at_day(place.since)}"


def _standing_line(state: Programme, standing: Standing) -> str:
    place = standing.place
    why = f"waits for {standing.why}" if place.ready else "not ready"
    turn = ", **its turn has come**" if service.has_turn(state, place) else ""
    return f"{_place_line(place)} ({place.lane}): {why}{turn}"


def _page(
    title: str,
    state: Technology | Rollout | Workstream,
    now: datetime,
    about: list[str],
    waits: tuple[Wait, ...],
    more: str = "",
) -> str:
    parts = [
        f"# {title}",
        _list("The line is stopped", _halts(state)),
        _list("Why it waits", _why(state, now)),
        _list("What it waits for", [_wait_line(wait) for wait in waits[:WAITS_SHOWN]]),
        f"and {len(waits) - WAITS_SHOWN} more" if len(waits) > WAITS_SHOWN else "",
        _list("Where it stands", [*_standing(state), *about]),
        *(_list(f"To be decided: {it.gate.title}", _matter(state, it, now)) for it in state.docket.matters),
        _list(
            "Barriers and what helps", [_barrier_line(it) for it in state.barriers.values() if not it.closed]
        ),
        more,
        _list("What was decided, the newest first", _decided(state)),
    ]
    return "\n\n".join(part for part in parts if part)


def _why(state: Technology | Rollout | Workstream, now: datetime) -> list[str]:
    """The one answer to why it waits, as far as this life knows it."""
    answer = why({state.stream: state}, state.stream, now)
    return [
        *(_wait_line(link.wait) for link in answer.chain),
        *([f"and so for what **{answer.beyond}** waits for"] if answer.beyond else []),
    ]


def _halts(state: Technology | Rollout | Workstream) -> list[str]:
    """The halts in force: what is feared, who sees to it, what goes on, and who has obeyed."""
    if state.stopped is not None:
        return []
    return [
        f"**{it.concern}** (halt {it.number} of {it.about}, raised by {it.raised.role} on "
        f"{_moment(it.raised.at)}, owned by **{it.owner}**). {it.raised.reason.rstrip('.')}. {_goes_on(it)}"
        + (_obeyed(state, it) if isinstance(state, Technology) else "")
        for it in in_force(state.halts.values())
    ]


def _goes_on(halt: Halt) -> str:
    going = [*halt.may_continue, *([halt.allowance.rstrip(".")] if halt.allowance else [])]
    return f"Meanwhile go on: {', '.join(going)}." if going else "Nothing goes on meanwhile."


def _obeyed(state: Technology, halt: Halt) -> str:
    frozen, still = technology_progress.frozen_at(state, halt)
    waiting = f"; still to hear: {', '.join(still)}" if still else ""
    return f" Frozen at {len(frozen)} of {len(frozen) + len(still)} boards{waiting}."


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


def _barrier_line(it: Barrier) -> str:
    if it.nature is Nature.FACILITATOR:
        return f"Helps: {it.what} ({it.category})"
    tried = [f"{each.what} (**{each.outcome or 'being tried'}**)" for each in it.attempts]
    held = f", holds {', '.join(it.steps)}" if it.blocks and it.steps else ""
    told = f"; tried: {'; '.join(tried)}" if tried else "; nothing tried yet"
    return f"**{it.severity}** barrier {it.number}{held}: {it.what} ({it.category}), {it.owner}{told}"


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
