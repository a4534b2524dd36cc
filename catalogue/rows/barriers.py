"""What hinders and what helps, and what was tried about it."""

from dataclasses import dataclass
from datetime import datetime

from catalogue.rows import Json
from catalogue.rows.decisions import Note


@dataclass(frozen=True)
class Mitigation:
    """Something that is or was tried against a barrier.

    Attributes:
        barrier: The barrier's name.
        number: From 1, within its barrier.
        strategy: What is done, as a slug under which boards compare what worked.
        what: What is done there.
        ground: Why it was expected to help: ``share``, ``source``, ``tried`` and ``worked``.
        begun: Who began it, and why.
        outcome: ``worked``, ``helped`` or ``failed``; ``None`` while it is tried.
        ended: Who said so, and what was seen.
    """

    barrier: str
    number: int
    strategy: str
    what: str
    ground: Json
    begun: Note
    outcome: str | None
    ended: Note | None


@dataclass(frozen=True)
class Barrier:
    """Something that hinders or helps.

    Attributes:
        name: Its readable name, such as ``ccbt-perinatal/fife/barrier/3``.
        stream: The workflow and ledger stream that it belongs to.
        number: Its number there.
        technology: The technology's slug.
        place: ``national``, the board's slug, or the track's area.
        board: The board's slug, where it is a board's.
        sequence: The number of the event that raised it.
        nature: ``barrier`` or ``facilitator``.
        what: It, in a line.
        category: The slug of the category that it belongs to.
        severity: ``minor``, ``serious`` or ``blocking``; ``None`` for what helps.
        plan: The plan of the steps that it concerns.
        steps: These steps; none where it concerns all of it.
        owner: The role that sees to it.
        raised: Who raised it, and how it shows.
        evidence: The names of the evidence that shows it.
        due: When it escalates if it is still open.
        escalated: The roles to which it has escalated.
        resolution: ``overcome``, ``accepted`` or ``gone``; ``None`` while it is open.
        closed: Who closed it, and why.
        mitigations: What was tried.
    """

    name: str
    stream: str
    number: int
    technology: str
    place: str
    board: str | None
    sequence: int
    nature: str
    what: str
    category: str
    severity: str | None
    plan: str | None
    steps: tuple[str, ...]
    owner: str
    raised: Note
    evidence: tuple[str, ...]
    due: datetime | None
    escalated: tuple[str, ...]
    resolution: str | None
    closed: Note | None
    mitigations: tuple[Mitigation, ...]


@dataclass(frozen=True)
class Experience:
    """How often a strategy was tried to an end against barriers of one category, and how that ended.

    Attributes:
        strategy: The strategy's slug.
        worked: How often it worked.
        helped: How often it helped somewhat.
        failed: How often it did nothing.
        places: Where it worked or helped, as ``ccbt-perinatal/fife``.
    """

    strategy: str
    worked: int
    helped: int
    failed: int
    places: tuple[str, ...]
