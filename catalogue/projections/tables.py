"""The tables of the projections, as the migrations create them; ``ALL`` is what a rebuild empties."""

from catalogue.projections.change import Table

JOURNEYS = Table(
    "journeys",
    ("stream",),
    (
        *("kind", "technology", "place", "board", "stage", "since", "cycle", "rag", "plan"),
        *("paused_own", "paused_technology", "stopped"),
    ),
)
TECHNOLOGIES = Table(
    "technologies",
    ("slug",),
    (
        *("stream", "title", "service", "summary", "programme", "proposed", "proposed_by"),
        *("ordered", "playbook", "version", "steered_by", "replaces", "replaced_by"),
    ),
)
WAVES = Table(
    "waves", ("technology", "name"), ("ordered", "place", "boards", "released", "paused", "stopped")
)
ROLLOUTS = Table(
    "rollouts",
    ("stream",),
    (
        *("technology", "board", "programme", "wave", "pilot", "playbook", "version", "held_up"),
        *("asks", "reports", "offered", "offered_since", "declined", "steered_by", "day"),
        *("slot_wait", "awaits", "kept_from"),
    ),
)
OUTSTANDING = Table("outstanding", ("stream", "track"), ("technology", "board", "awaits"))
TASKS = Table(
    "tasks",
    ("id",),
    (
        *("stream", "technology", "place", "board", "plan", "step", "place_in_plan", "title", "owner"),
        *("status", "round", "needs", "mandatory", "guidance", "area", "input", "level", "opened", "due"),
        *("overdue", "closed", "closed_by", "note", "asked", "given", "draws_on", "drawn"),
        *("dropped", "allowed"),
    ),
)
DECISIONS = Table(
    "decisions",
    ("stream", "sequence"),
    (
        *("technology", "board", "gate", "title", "outcome", "effect", "reason", "at", "name", "role"),
        *("cycle", "judgements", "votes", "waivers", "relied_on"),
    ),
)
MATTERS = Table(
    "matters",
    ("stream", "gate"),
    (
        *("technology", "board", "definition", "state", "opened", "since", "due", "because", "escalated"),
        *("asked_by", "halt"),
    ),
)
VOTES = Table("votes", ("stream", "gate", "role"), ("board", "sequence", "content"))
OBJECTIONS = Table(
    "objections", ("stream", "number"), ("technology", "board", "gate", "raised", "people", "answered")
)
WAIVERS = Table(
    "waivers",
    ("stream", "number"),
    ("technology", "board", "gate", "criterion", "until", "asked", "people", "granted"),
)
CONDITIONS = Table(
    "conditions",
    ("stream", "number"),
    ("technology", "board", "gate", "sequence", "what", "owner", "due", "met"),
)
EVIDENCE = Table(
    "evidence",
    ("ref",),
    (
        *("stream", "technology", "board", "evidence", "kind", "statement", "source", "dated", "expires"),
        *("content", "digest", "version", "plan", "step", "round", "name", "role", "at", "sequence"),
        *("place_in_event", "superseded_by", "withdrawn"),
    ),
)
EXPIRIES = Table("expiries", ("stream", "ref"), ("board", "at"))
VERSIONS = Table("versions", ("stream", "sequence"), ("board", "version"))
CHECKS = Table(
    "checks",
    ("stream", "slug"),
    ("technology", "board", "place", "title", "signers", "rests_on", "definition"),
)
TRIALS = Table(
    "trials",
    ("stream", "trial"),
    (
        *("technology", "board", "sequence", "title", "priority", "prediction", "started", "found"),
        *("verdict", "decided"),
    ),
)
BARRIERS = Table(
    "barriers",
    ("name",),
    (
        *("stream", "number", "technology", "place", "board", "sequence", "nature", "what", "category"),
        *("severity", "plan", "steps", "owner", "raised", "evidence", "due", "escalated", "resolution"),
        "closed",
    ),
)
MITIGATIONS = Table(
    "mitigations",
    ("barrier", "number"),
    ("stream", "board", "strategy", "what", "ground", "begun", "outcome", "ended"),
)
AMENDMENTS = Table(
    "amendments",
    ("technology", "number"),
    (
        *("part", "step", "change", "lessons", "evidence", "observed", "against", "proposed", "people"),
        *("accepted", "reviewed", "version"),
    ),
)
HALTS = Table(
    "halts",
    ("stream", "number"),
    (
        *("technology", "place", "board", "concern", "owner", "version", "may_continue", "allowance"),
        *("raised", "halted", "freezes", "released"),
    ),
)
STEERING = Table("steering", ("stream", "sequence"), ("act", "at", "name", "role", "reason", "detail"))
PLAYBOOKS = Table(
    "playbooks",
    ("technology", "version"),
    ("id", "title", "published", "published_by", "role", "content"),
)
PROGRAMMES = Table("programmes", ("slug",), ("name", "since", "charter"))
LIMITS = Table("limits", ("programme", "limit_name"), ("capacity",))
SLOTS = Table(
    "slots",
    ("programme", "name"),
    (
        *("technology", "board", "lane", "roles", "title", "priority", "state", "ready", "begun", "asking"),
        *("passed_over", "since", "asked", "because"),
    ),
)
PRIORITIES = Table(
    "priorities",
    ("programme", "ranked"),
    ("technology", "board", "priority", "at", "name", "role", "reason"),
)
ENTITIES = Table("entities", ("kind", "id"), ("name", "status", "since", "digest", "data"))

ALL = (
    *(JOURNEYS, TECHNOLOGIES, WAVES, ROLLOUTS, TASKS, DECISIONS, STEERING, PLAYBOOKS, PROGRAMMES),
    *(SLOTS, PRIORITIES, ENTITIES, MATTERS, VOTES, OBJECTIONS, WAIVERS, CONDITIONS, EVIDENCE, EXPIRIES),
    *(LIMITS, VERSIONS, CHECKS, TRIALS, BARRIERS, MITIGATIONS, AMENDMENTS, OUTSTANDING, HALTS),
)
