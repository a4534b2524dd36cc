"""What stopping the line would do: who freezes, at which stage, what stops there and what goes on.

A question of the states alone, so whoever is about to stop the line sees what will be so.
"""

from collections.abc import Mapping

from domain.barrier import holding
from domain.gate import Note
from domain.halt import Halt
from domain.journey import Journey
from domain.programme import Programme
from domain.rollout import Rollout
from domain.technology import Technology
from domain.value import Fact, Instant
from domain.work import open_steps
from domain.workstream import Workstream


class Frozen(Fact):
    """What becomes of one life.

    Attributes:
        stream: The life.
        board: The board, where it is one's.
        track: What a parallel track is called within its technology; ``None`` where it is none.
        done: Whether it is a track that is done, so that nothing in it would stop.
        stage: The stage in which it would freeze.
        live: Whether people are served there by what would freeze: from its go-live on.
        stops: The open steps that would stop.
        goes_on: The open steps that would go on.
        due: The earliest due date among those that would stop: it moves by each day until the release.
        holds: Whether it has a place of the programme's capacity, which it would keep while frozen.
    """

    stream: str
    board: str | None
    track: str | None = None
    stage: str
    done: bool = False
    live: bool = False
    stops: tuple[str, ...] = ()
    goes_on: tuple[str, ...] = ()
    due: Instant | None = None
    holds: bool = False


class HaltPreview(Fact):
    """What a halt would do.

    Attributes:
        lives: What becomes of each life that it would freeze: nationally, in the tracks and at the boards.
        spared: The boards under way that it would not freeze, because they are on another version.
        to_come: The boards that would not take up the playbook before the release.
        behind: The rollouts of others in the queue, which wait longer for the places that would be kept.
        dependants: The technologies whose place it takes, which stay where they are until the release.
    """

    lives: tuple[Frozen, ...] = ()
    spared: tuple[str, ...] = ()
    to_come: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    dependants: tuple[str, ...] = ()

    @property
    def boards(self) -> tuple[Frozen, ...]:
        """The boards whose rollouts would freeze."""
        return tuple(it for it in self.lives if it.board is not None and it.track is None)

    @property
    def tracks(self) -> tuple[Frozen, ...]:
        """The parallel tracks that would freeze."""
        return tuple(it for it in self.lives if it.track is not None)


def preview_halt(
    lives: Mapping[str, Journey],
    office: Programme | None,
    version: int | None,
    may_continue: tuple[str, ...],
    raised: Note,
) -> HaltPreview:
    """What a halt would do to these lives, beside the halts that are in force already.

    Args:
        lives: The states of the technology, its tracks and its rollouts, by their streams.
        office: The programme's books, where they are known.
        version: The version of the playbook that it would be about; all of it unless given.
        may_continue: The areas of work and the steps that would go on.
        raised: Who would raise it, when and why.
    """
    halt = Halt(number=0, concern="", owner="", version=version, may_continue=may_continue, raised=raised)
    going = {name: state for name, state in sorted(lives.items()) if state.stopped is None}
    frozen = [state for state in going.values() if state.is_concerned_by(halt)]
    return HaltPreview(
        to_come=_to_come(lives, version),
        behind=() if office is None or not any(_holds(it) for it in frozen) else _behind(going, office),
        dependants=_dependants(going),
        lives=tuple(_freeze(state, halt) for state in frozen),
        spared=tuple(
            state.brief.board
            for state in going.values()
            if isinstance(state, Rollout) and not state.is_concerned_by(halt)
        ),
    )


def _to_come(lives: Mapping[str, Journey], version: int | None) -> tuple[str, ...]:
    """The boards of the waves that have no rollout yet, or none that works by a version of the playbook."""
    begun_or_over = {
        state.brief.board: state.adopted is not None or state.stopped is not None
        for state in lives.values()
        if isinstance(state, Rollout)
    }
    boards = (
        board
        for state in lives.values()
        if isinstance(state, Technology) and state.stopped is None and state.replacement is None
        for wave in state.waves
        if wave.name not in state.waves_stopped
        for board in wave.boards
        if version is None or (state.playbook is not None and version == state.playbook.version)
    )
    return tuple(board for board in boards if not begun_or_over.get(board, False))


def _behind(going: Mapping[str, Journey], office: Programme) -> tuple[str, ...]:
    return tuple(name for name in office.queue if name not in going)


def _dependants(going: Mapping[str, Journey]) -> tuple[str, ...]:
    return tuple(
        state.proposal.replaces
        for state in going.values()
        if isinstance(state, Technology) and state.proposal.replaces is not None and not state.place_left
    )


def _holds(state: Journey) -> bool:
    return isinstance(state, Rollout) and state.granted


def _freeze(state: Journey, halt: Halt) -> Frozen:
    work = state.work
    at_work = (
        ()
        if work is None or not state.working
        else tuple(
            step
            for step in open_steps(work)
            if state.lets(step) and holding(state.barriers, work.plan.id, step.id) is None
        )
    )
    records = (work.record(step.id) for step in at_work if not halt.lets(step)) if work else ()
    dues = [record.due for record in records if record.due is not None]
    return Frozen(
        stream=state.stream,
        board=state.board,
        track=state.brief.track if isinstance(state, Workstream) else None,
        stage=state.stage,
        done=isinstance(state, Workstream) and state.delivered,
        live=isinstance(state, Rollout) and state.live,
        holds=_holds(state),
        due=min(dues, default=None),
        stops=tuple(step.id for step in at_work if not halt.lets(step)),
        goes_on=tuple(step.id for step in at_work if halt.lets(step)),
    )
