"""The tables of the projections, as the migrations create them; ``ALL`` is what a rebuild empties."""

from catalogue.projections.change import Table

JOURNEYS = Table(
    "journeys",
    ("stream",),
    (
        *("kind", "technology", "place", "board", "stage", "since", "cycle", "rag", "plan"),
        *("paused_own", "paused_technology", "stopped", "gate", "gate_since"),
    ),
)
TECHNOLOGIES = Table(
    "technologies",
    ("slug",),
    (
        *("stream", "title", "service", "summary", "programme", "proposed", "proposed_by"),
        *("ordered", "playbook"),
    ),
)
WAVES = Table("waves", ("technology", "name"), ("ordered", "place", "boards", "released"))
ROLLOUTS = Table("rollouts", ("stream",), ("technology", "board", "programme", "wave", "pilot", "playbook"))
TASKS = Table(
    "tasks",
    ("id",),
    (
        *("stream", "technology", "place", "board", "plan", "step", "place_in_plan", "title", "owner"),
        *("status", "round", "needs", "mandatory", "guidance", "area", "input", "level", "opened", "due"),
        *("overdue", "closed", "closed_by", "note", "asked", "given"),
    ),
)
DECISIONS = Table(
    "decisions",
    ("stream", "sequence"),
    (
        *("technology", "board", "gate", "title", "outcome", "effect", "reason", "at", "name", "role"),
        *("cycle", "seen"),
    ),
)
STEERING = Table("steering", ("stream", "sequence"), ("act", "at", "name", "role", "reason", "detail"))
PLAYBOOKS = Table(
    "playbooks",
    ("technology", "version"),
    ("id", "title", "published", "published_by", "role", "content"),
)
PROGRAMMES = Table("programmes", ("slug",), ("name", "capacity", "since", "charter"))
SLOTS = Table("slots", ("programme", "technology", "board"), ("state", "ready", "since", "asked"))
PRIORITIES = Table("priorities", ("programme", "technology"), ("priority", "at", "name", "role", "reason"))
ENTITIES = Table("entities", ("kind", "id"), ("name", "status", "since", "digest", "data"))

ALL = (
    *(JOURNEYS, TECHNOLOGIES, WAVES, ROLLOUTS, TASKS, DECISIONS, STEERING, PLAYBOOKS, PROGRAMMES),
    *(SLOTS, PRIORITIES, ENTITIES),
)
