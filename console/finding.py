"""Finds what a command names, and answers an unknown name with those that were probably meant."""

from typing import TYPE_CHECKING

from console.ending import NotDone, suggest
from console.words import NATIONAL, Place

if TYPE_CHECKING:
    from catalogue.rows.barriers import Barrier
    from catalogue.rows.entities import Entity
    from catalogue.rows.evidence import Evidence
    from catalogue.rows.journeys import Rollout, Technology
    from catalogue.rows.programmes import Programme
    from catalogue.rows.work import Gate, Task
    from console.reading import Connection


async def find_technology(connection: "Connection", slug: str) -> "Technology":
    """The technology of that slug.

    Raises:
        NotDone: There is none.
    """
    from catalogue.queries import technologies

    if found := await technologies.find_technology(connection, slug):
        return found
    known = [technology.slug for technology in await technologies.list_technologies(connection)]
    if not known:
        raise NotDone(
            f'There is no technology "{slug}", nor any other yet: propose one with '
            "`python starter.py technology propose FILE`."
        )
    raise NotDone(f'There is no technology "{slug}": {suggest(slug, known) or see("technology list")}')


async def find_board(connection: "Connection", slug: str) -> str:
    """The slug of a board that the programme has.

    Raises:
        NotDone: It has no such board.
    """
    from catalogue.queries.entities import list_boards

    known = [board.id for board in await list_boards(connection)]
    if slug in known:
        return slug
    if not known:
        raise NotDone(
            f'The board "{slug}" is not known, for no programme is loaded: run '
            "`python starter.py catalogue load` first."
        )
    raise NotDone(f'There is no board "{slug}": {suggest(slug, known) or "choose from " + ", ".join(known)}')


async def find_rollout(connection: "Connection", technology: str, board: str) -> "Rollout":
    """A board's rollout of a technology; it may be only planned.

    Raises:
        NotDone: There is no such technology, or no such board, or the board does not take part.
    """
    from catalogue.queries.rollouts import list_rollouts

    await find_technology(connection, technology)
    found = await list_rollouts(connection, technology=technology, board=board)
    if found:
        return found[0]
    await find_board(connection, board)
    raise NotDone(f"{board} takes no part in {technology}: {see('rollout list --technology ' + technology)}")


async def find_started_rollout(connection: "Connection", technology: str, board: str) -> "Rollout":
    """A board's rollout that has begun.

    Raises:
        NotDone: There is none.
    """
    rollout = await find_rollout(connection, technology, board)
    if rollout.stage == "planned":
        raise NotDone(
            f"The rollout of {technology} at {board} has not begun: it is planned in wave {rollout.wave}."
        )
    return rollout


async def find_task(connection: "Connection", task: str) -> "Task":
    """The task of that name.

    Raises:
        NotDone: There is none.
    """
    from catalogue.queries.tasks import list_tasks, show_task

    task = task.strip().strip("/")
    if found := await show_task(connection, task):
        return found
    known = [each.id for each in await list_tasks(connection)]
    parts = 4
    if task.count("/") != parts - 1:
        ending = [name for name in known if name.endswith(f"/{task}")]
        hint = f"did you mean {' or '.join(ending[:3])}?" if ending else see("task list")
        raise NotDone(
            f'"{task}" names no task; a task is TECHNOLOGY/PLACE/PLAN/STEP, '
            f"such as ccbt-perinatal/fife/implementation/train-staff: {hint}"
        )
    raise NotDone(f'There is no task "{task}": {suggest(task, known, most=1) or see("task list --all")}')


async def find_matter(connection: "Connection", stream: str, gate: str) -> "Gate":
    """The gate of that slug that waits for a decision in a life.

    Raises:
        NotDone: It does not wait.
    """
    from catalogue.queries.gates import list_gates

    waiting = {it.gate: it for it in await list_gates(connection, stream=stream)}
    if found := waiting.get(gate.lower()):
        return found
    match list(waiting):
        case []:
            waits = "none waits"
        case [one]:
            waits = f'the one that waits is "{one}"'
        case more:
            waits = "those that wait are " + " and ".join(f'"{it}"' for it in more)
    raise NotDone(f'Gate "{gate}" of {stream} does not wait for a decision: {waits}; {see("gate list")}')


async def find_evidence(connection: "Connection", ref: str) -> "Evidence":
    """The evidence of that name.

    Raises:
        NotDone: There is none.
    """
    from catalogue.queries.evidence import list_evidence, show_evidence
    from console.moments import today

    ref = ref.strip().strip("/")
    if found := await show_evidence(connection, ref, today=today()):
        return found
    known = [it.ref for it in await list_evidence(connection, today=today(), ended=True)]
    hint = suggest(ref, known, most=1) or see("evidence list --all")
    raise NotDone(f'There is no evidence "{ref}": {hint}')


async def find_role(connection: "Connection", role: str) -> str:
    """The slug of a role that the programme has.

    Raises:
        NotDone: It has no such role.
    """
    from catalogue.queries.entities import list_entities

    known = [entity.id for entity in await list_entities(connection, kind="role", status="live")]
    if role in known:
        return role
    raise NotDone(
        f'The programme has no role "{role}": {suggest(role, known) or see("catalogue list --kind role")}'
    )


async def find_stream(connection: "Connection", technology: str, board: str | None) -> str:
    """The id of the workflow of a technology, or of its rollout at a board.

    Raises:
        NotDone: There is no such technology, or no such rollout.
    """
    if board is None or board == NATIONAL:
        return f"technology/{(await find_technology(connection, technology)).slug}"
    return (await find_started_rollout(connection, technology, board)).stream


async def find_track_or_stream(connection: "Connection", place: Place, track: str | None) -> str:
    """The id of the workflow of a technology, of its rollout at a board, or of a track, national or there.

    Raises:
        NotDone: There is none.
    """
    if track is None:
        return await find_stream(connection, place.technology, place.board)
    from catalogue.queries.rollouts import list_workstreams

    await find_technology(connection, place.technology)
    tracks = await list_workstreams(connection, technology=place.technology)
    known = {it.area: it.stream for it in tracks if it.board == place.board}
    if track in known:
        return known[track]
    hint = suggest(track, known) or f"choose from {', '.join(known) or 'none yet'}."
    where = f" at {place.board}" if place.board else ""
    raise NotDone(f'{place.technology} has no track "{track}"{where}: {hint}')


async def find_barrier(connection: "Connection", name: str) -> "Barrier":
    """The barrier of that name, open or closed.

    Raises:
        NotDone: There is none.
    """
    from catalogue.queries.barriers import list_barriers, show_barrier

    name = name.strip().strip("/")
    if found := await show_barrier(connection, name):
        return found
    known = [it.name for it in await list_barriers(connection, closed=True)]
    hint = suggest(name, known, most=1) or see("barrier list --all")
    raise NotDone(f'There is no barrier "{name}": {hint}')


async def find_category(connection: "Connection", category: str) -> "Entity":
    """The category of barriers of that slug.

    Raises:
        NotDone: The catalogue has no such category.
    """
    from catalogue.queries.entities import list_entities

    known = {it.id: it for it in await list_entities(connection, kind="barrier", status="live")}
    if found := known.get(category):
        return found
    if not known:
        raise NotDone("No categories of barriers are loaded: run `python starter.py catalogue load` first.")
    hint = suggest(category, known) or see("catalogue list --kind barrier")
    raise NotDone(f'There is no category "{category}": {hint}')


async def find_programme(connection: "Connection") -> "Programme":
    """The programme whose office is open.

    Raises:
        NotDone: No office is open.
    """
    from catalogue.queries.programmes import list_programmes

    found = await list_programmes(connection)
    if not found:
        raise NotDone("No programme office is open: run `python starter.py catalogue load` first.")
    return found[0]


def see(command: str) -> str:
    """Where to look."""
    return f"see `python starter.py {command}`."
