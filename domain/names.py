"""The names that people read: workflow ids, ledger streams and task ids, each made in one place.

A workflow's id is also the name of its stream in the ledger.
"""

from domain.value import Fact

NATIONAL = "national"
WORKSTREAM = "workstream"


def technology_id(technology: str) -> str:
    """The workflow and stream of a technology: ``technology/ccbt-perinatal``."""
    return f"technology/{technology}"


def rollout_id(technology: str, board: str) -> str:
    """The workflow and stream of one board's rollout: ``rollout/ccbt-perinatal/fife``."""
    return f"rollout/{technology}/{board}"


def technology_of(stream: str) -> str:
    """The stream of the technology to which a stream belongs."""
    return technology_id(stream.split("/")[1])


def track_name(area: str, board: str | None = None) -> str:
    """How a parallel track is called within its technology: ``adoption``, at a board ``adoption@fife``."""
    return area if board is None else f"{area}@{board}"


def board_of_track(track: str) -> str | None:
    """The board of a track by its name; ``None`` where it is national."""
    return track.partition("@")[2] or None


def workstream_id(technology: str, track: str) -> str:
    """The workflow and stream of a parallel track: ``workstream/ccbt-perinatal/adoption@fife``."""
    return f"workstream/{technology}/{track}"


def programme_id(programme: str) -> str:
    """The workflow and stream of the programme office: ``programme/scotland``."""
    return f"programme/{programme}"


def notices_id(programme: str) -> str:
    """The workflow of a programme's notice desk: ``notices/scotland``. It has no stream in the ledger."""
    return f"notices/{programme}"


def work_id(work: str) -> str:
    """The name of unplanned work in the books of the programme office: ``work/migrate-the-old-service``."""
    return f"work/{work}"


class TaskName(Fact):
    """A task's stable, readable name: whose it is, in which plan, which step.

    Attributes:
        technology: The technology's slug.
        place: ``national``, ``workstream`` or a board's slug.
        plan: The plan's slug; for a workstream, its track: ``adoption``, or ``adoption@fife``.
        step: The step's slug.
    """

    technology: str
    place: str
    plan: str
    step: str

    def __str__(self) -> str:
        return f"{self.technology}/{self.place}/{self.plan}/{self.step}"

    @property
    def workflow(self) -> str:
        """The id of the workflow that this task belongs to."""
        if self.place == NATIONAL:
            return technology_id(self.technology)
        if self.place == WORKSTREAM:
            return workstream_id(self.technology, self.plan)
        return rollout_id(self.technology, self.place)

    @classmethod
    def parse(cls, text: str) -> "TaskName | None":
        """Read a task's name back, or answer ``None`` where it has not the four parts of one."""
        parts = text.strip().split("/")
        if len(parts) != 4 or not all(parts):  # noqa: PLR2004 - the four fields above
            return None
        return cls(technology=parts[0], place=parts[1], plan=parts[2], step=parts[3])


def task_name(stream: str, plan: str, step: str) -> str:
    """The name of a task of a life; a track's tasks are known by the track's name."""
    kind, technology, *rest = stream.split("/")
    if kind == "workstream":
        return str(TaskName(technology=technology, place=WORKSTREAM, plan=rest[0], step=step))
    place = rest[0] if kind == "rollout" else NATIONAL
    return str(TaskName(technology=technology, place=place, plan=plan, step=step))


def gate_name(stream: str, gate: str) -> str:
    """The readable name of a gate: ``ccbt-perinatal/fife/go-live`` or ``ccbt-perinatal/national/scale``."""
    kind, technology, *rest = stream.split("/")
    place = rest[0] if kind == "rollout" else NATIONAL
    return f"{technology}/{place}/{gate}"


def barrier_name(stream: str, number: int) -> str:
    """The readable name of a barrier, which begins as the names of evidence do.

    At a board it is ``ccbt-perinatal/fife/barrier/3``, nationally ``ccbt-perinatal/barrier/3``.
    """
    return f"{stream.partition('/')[2]}/barrier/{number}"
