"""What a technology wants of others: rollouts and workstreams that should exist, and what they should know.

Wishes are read from the state as it is, so whoever fulfils them needs no memory of how it came there.
"""

from collections.abc import Iterator

from domain.actor import ENGINE
from domain.check import CheckNeeded
from domain.criterion import Signed
from domain.event import Command
from domain.evidence import OWN, Entry
from domain.gate import Gate
from domain.halt import in_force
from domain.infrastructure import provided_by
from domain.journey import Hold
from domain.names import rollout_id, technology_id, workstream_id
from domain.playbook import edition_of
from domain.proposal import Proposal
from domain.rollout import Direct, StartRollout
from domain.rollout_briefs import Brief, Direction
from domain.succession import LeavePlace, SucceedAt, Succession
from domain.technology import Stage, Technology, checks_at, present_proposal
from domain.technology_gates import national_criteria
from domain.technology_progress import boards_as_usual, boards_started, is_halted_at
from domain.tracks import Track, awaited_at, tracks_of
from domain.workstream import DirectWorkstream, StartWorkstream, WorkstreamBrief, WorkstreamDirection


def directions(state: Technology) -> dict[str, Direction]:
    """What the technology wants of the rollout of each board that should have begun, by the board's slug."""
    # What is the same for all is made once: there can be many boards, and each wake asks.
    edition = edition_of(state.playbook) if state.playbook else None
    held_up, national, halts = _held_up(state), _national(state), tuple(state.halts.values())
    return {
        board: Direction(
            wave=wave,
            pilot=board in state.pilots,
            cycle=state.cycle,
            reopen=state.reopen,
            playbook=edition if wave in state.released else None,
            paused=_told(state.pauses.get("own"), state.waves_paused.get(wave), wave),
            stopped=_told(state.stopped, state.waves_stopped.get(wave), wave),
            version=state.version,
            held_up=held_up,
            national=national,
            succession=_succession(state, board),
            awaits=awaited_at(state.proposal, state.tracks, board),
            halts=halts,
        )
        for board, wave in boards_started(state)
    }


def _succession(state: Technology, board: str) -> Succession | None:
    if state.replacement is None:
        return None
    by = state.replacement.by
    return Succession(by=by, live=board in state.successors.get(by, ()))


def _told(of_all: Hold | None, of_wave: Hold | None, wave: str) -> str | None:
    """Why a board rests or ends: for the technology's sake before its wave's."""
    if of_all is not None:
        return of_all.reason
    return None if of_wave is None else f"wave {wave}: {of_wave.reason}"


def _held_up(state: Technology) -> str:
    """Which national gates have to be decided again, with each reason said once, and what blocks it all."""
    titles: dict[str, list[str]] = {}
    for review in state.docket.reviews.values():
        titles.setdefault(review.because or "", []).append(review.gate.title)
    again = (
        f"{' and '.join(gates)} {'has' if len(gates) == 1 else 'have'} to be decided again, because {because}"
        for because, gates in titles.items()
    )
    return "; ".join((*again, *(f'national barrier {it.number}: "{it.what}"' for it in state.blocking)))


def _national(state: Technology) -> tuple[Entry, ...]:
    """The national evidence that boards' gates ask for, with what signatures in their turn rest on."""
    asked = {criterion.evidence for criterion in national_criteria(state.proposal)}
    asked |= {name for check in state.checks if check.id in asked for name in check.rests_on}
    return tuple(entry for entry in state.on_record.values() if entry.evidence.id in asked)


def children(state: Technology) -> dict[str, Command]:
    """The rollouts and workstreams that should exist by now, by workflow id, with how each is started.

    While the technology is halted none begins: those that exist stay, the others begin once it is released.
    What was stopped in a halt is never released, and nothing begins of it any more.
    """
    kept = any(state.is_concerned_by(halt) for halt in in_force(state.halts.values()))
    if state.stage == Stage.ASSESS or kept:
        return {}
    proposal = state.proposal
    tracks = {
        workstream_id(proposal.technology, track.name): StartWorkstream(
            actor=ENGINE, brief=_track_brief(proposal, track), direction=direction
        )
        for track, direction in _track_directions(state)
    }
    rollouts = {
        rollout_id(proposal.technology, board): StartRollout(
            actor=ENGINE,
            brief=_brief(state, board),
            direction=direction,
        )
        for board, direction in directions(state).items()
    }
    return {**tracks, **rollouts}


def _track_directions(state: Technology) -> Iterator[tuple[Track, WorkstreamDirection]]:
    """What the technology wants of each track that should run by now, national or at a board."""
    waves = dict(boards_started(state))
    for track in tracks_of(state.proposal, waves):
        yield track, _track_direction(state, track, waves.get(track.board or "", ""))


def _track_brief(proposal: Proposal, track: Track) -> WorkstreamBrief:
    provided = provided_by(track.plan)
    return WorkstreamBrief(
        technology=proposal.technology,
        title=proposal.title,
        area=track.area,
        board=track.board,
        authority=proposal.authority,
        pace=proposal.pace.at(track.board),
        plan=track.plan,
        handling=proposal.handling,
        needed=tuple(name for name in proposal.go_live_needs if name in provided),
    )


def _track_direction(state: Technology, track: Track, wave: str) -> WorkstreamDirection:
    """What the technology wants of a track: one at a board rests with its wave, and ends with its rollout."""
    report = state.reports.get(track.board or "")
    stopped = _told(state.stopped, state.waves_stopped.get(wave), wave)
    if stopped is None and report is not None and report.stopped:
        stopped = f"the rollout at {track.board} has ended"
    return WorkstreamDirection(
        paused=_told(state.pauses.get("own"), state.waves_paused.get(wave), wave),
        stopped=stopped,
        halts=tuple(state.halts.values()),
    )


def _brief(state: Technology, board: str) -> Brief:
    proposal, checks = state.proposal, checks_at(state, board)
    tests = board in (*state.pilots, *state.former_pilots)
    return Brief(
        technology=proposal.technology,
        title=proposal.title,
        board=board,
        programme=proposal.programme,
        authority=proposal.authority,
        pace=proposal.pace.at(board),
        pilot=proposal.proof_of_concept if tests else None,
        go_live=_gate_at(proposal.gates.go_live, checks),
        handover=_gate_at(proposal.gates.handover, checks),
        checks=checks or (),
        reported=_reported(present_proposal(state)) if tests else (),
        handling=proposal.handling,
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
    """What rollouts and workstreams should know, by workflow id.

    What a halt may have kept from beginning is told once it has reported, which every life does as it begins.
    """
    if state.stage == Stage.ASSESS:
        return {}
    technology = state.proposal.technology
    tracks = {
        workstream_id(technology, track.name): DirectWorkstream(actor=ENGINE, direction=direction)
        for track, direction in _track_directions(state)
        if not state.halting or track.name in state.tracks
    }
    rollouts = {
        rollout_id(technology, board): Direct(actor=ENGINE, direction=direction)
        for board, direction in directions(state).items()
        if not state.halting or board in state.reports
    }
    # The boards first: where people are served, a halt must not wait for the tracks.
    return {**rollouts, **tracks, **_to_the_other_side(state)}


def _to_the_other_side(state: Technology) -> dict[str, Command]:
    """What the technology whose place this one takes should know, and the one that takes this one's."""
    technology, other = state.proposal.technology, state.proposal.replaces
    told: dict[str, Command] = {}
    if other is not None and not state.place_left and (boards := boards_as_usual(state)):
        # What is halted takes nobody's place: the service that people have stays until it is released.
        serving = tuple(board for board in boards if not is_halted_at(state, board))
        told[technology_id(other)] = SucceedAt(actor=ENGINE, technology=technology, boards=serving)
    if state.replacement is not None and state.stopped is not None:
        told[technology_id(state.replacement.by)] = LeavePlace(
            actor=ENGINE, technology=technology, ended=True
        )
    return told
