"""What a technology wants of others: rollouts and workstreams that should exist, and what they should know.

Wishes are read from the state as it is, so whoever fulfils them needs no memory of how it came there.
"""

from domain.actor import ENGINE
from domain.check import CheckNeeded
from domain.criterion import Signed
from domain.event import Command
from domain.evidence import OWN, Entry
from domain.gate import Gate
from domain.names import rollout_id, workstream_id
from domain.playbook import edition_of
from domain.proposal import Proposal
from domain.rollout import Brief, Direct, Direction, StartRollout
from domain.technology import Stage, Technology, boards_started, national_criteria
from domain.workstream import (
    DirectWorkstream,
    StartWorkstream,
    WorkstreamBrief,
    WorkstreamDirection,
)


def direction(state: Technology, wave: str) -> Direction:
    """What the technology wants of the rollouts of a wave."""
    paused = state.pauses.get("own")
    return Direction(
        wave=wave,
        cycle=state.cycle,
        reopen=state.reopen,
        playbook=edition_of(state.playbook) if state.playbook and wave in state.released else None,
        paused=paused.reason if paused else None,
        stopped=state.stopped.reason if state.stopped else None,
        version=state.version,
        held_up=_held_up(state),
        national=_national(state),
    )


def _held_up(state: Technology) -> str:
    """Which national gates have to be decided again, with each reason said once."""
    titles: dict[str, list[str]] = {}
    for review in state.docket.reviews.values():
        titles.setdefault(review.because or "", []).append(review.gate.title)
    return "; ".join(
        f"{' and '.join(gates)} {'has' if len(gates) == 1 else 'have'} to be decided again, because {because}"
        for because, gates in titles.items()
    )


def _national(state: Technology) -> tuple[Entry, ...]:
    """The national evidence that boards' gates ask for, with what signatures in their turn rest on."""
    asked = {criterion.evidence for criterion in national_criteria(state.proposal)}
    asked |= {name for check in state.checks if check.id in asked for name in check.rests_on}
    return tuple(entry for entry in state.on_record.values() if entry.evidence.id in asked)


def children(state: Technology) -> dict[str, Command]:
    """The rollouts and workstreams that should exist by now, by workflow id, with how each is started."""
    if state.stage == Stage.ASSESS:
        return {}
    proposal = state.proposal
    tracks = {
        workstream_id(proposal.technology, area): StartWorkstream(
            actor=ENGINE,
            brief=WorkstreamBrief(
                technology=proposal.technology,
                title=proposal.title,
                area=area,
                authority=proposal.authority,
                pace=proposal.pace,
                plan=plan,
            ),
        )
        for area, plan in sorted(proposal.workstreams.items())
    }
    rollouts = {
        rollout_id(proposal.technology, board): StartRollout(
            actor=ENGINE,
            brief=_brief(proposal, board),
            direction=direction(state, wave),
        )
        for board, wave in boards_started(state)
    }
    return {**tracks, **rollouts}


def _brief(proposal: Proposal, board: str) -> Brief:
    checks = proposal.board_checks.get(board)
    return Brief(
        technology=proposal.technology,
        title=proposal.title,
        board=board,
        programme=proposal.programme,
        authority=proposal.authority,
        pace=proposal.pace,
        pilot=proposal.proof_of_concept if board in proposal.pilots else None,
        go_live=_gate_at(proposal.gates.go_live, checks),
        handover=_gate_at(proposal.gates.handover, checks),
        checks=checks or (),
        reported=_reported(proposal) if board in proposal.pilots else (),
    )


def _gate_at(gate: Gate, checks: tuple[CheckNeeded, ...] | None) -> Gate:
    """The gate as it stands at a board: what it asks of checks that do not apply there is left out.

    A board of which nothing is said may have been forgotten: its gate asks for everything and stays shut.
    """
    if checks is None:
        return gate
    signed = [check.id for check in checks]
    criteria = tuple(
        it
        for it in gate.criteria
        if it.source != OWN or not isinstance(it.test, Signed) or it.evidence in signed
    )
    return gate.model_copy(update={"criteria": criteria})


def _reported(proposal: Proposal) -> tuple[str, ...]:
    """The evidence of pilots that national gates ask for, or that the standardised approach draws on.

    What a signature rests on is reported with it, for a signature falls with its ground.
    """
    gates = proposal.gates
    asked = [
        criterion.evidence
        for gate in (gates.begin, gates.scale, gates.approve_playbook, gates.release, gates.sustain)
        for criterion in gate.criteria
        if criterion.source == "pilots"
    ]
    drawn = [name for step in proposal.standardisation.steps for name in step.draws_on]
    checks = [check for board in proposal.pilots for check in proposal.board_checks.get(board, ())]
    grounds = [name for check in checks if check.id in asked for name in check.rests_on]
    return tuple(sorted(dict.fromkeys((*asked, *drawn, *grounds))))


def messages(state: Technology) -> dict[str, Command]:
    """What rollouts and workstreams should know, by workflow id."""
    if state.stage == Stage.ASSESS:
        return {}
    technology = state.proposal.technology
    paused = state.pauses.get("own")
    to_track = WorkstreamDirection(
        paused=paused.reason if paused else None, stopped=state.stopped.reason if state.stopped else None
    )
    tracks = {
        workstream_id(technology, area): DirectWorkstream(actor=ENGINE, direction=to_track)
        for area in sorted(state.proposal.workstreams)
    }
    rollouts = {
        rollout_id(technology, board): Direct(actor=ENGINE, direction=direction(state, wave))
        for board, wave in boards_started(state)
    }
    return {**tracks, **rollouts}
