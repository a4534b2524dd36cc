"""All questions that are asked of the catalogue, in one place for the tests that ask many of them."""

from catalogue.queries.barriers import list_barriers, list_experience, show_barrier
from catalogue.queries.coverage import coverage
from catalogue.queries.entities import list_boards, list_entities, show_entity
from catalogue.queries.events import list_events
from catalogue.queries.evidence import list_checks, list_evidence, list_trials, show_evidence
from catalogue.queries.gates import list_decisions, list_gates, list_steering, show_gate
from catalogue.queries.halts import list_freezing, list_halts
from catalogue.queries.playbooks import list_amendments, list_playbooks, show_playbook
from catalogue.queries.programmes import list_programmes, show_programme
from catalogue.queries.rollouts import list_rollouts, list_workstreams, show_rollout
from catalogue.queries.tasks import list_tasks, show_task
from catalogue.queries.technologies import list_technologies, show_technology
from catalogue.queries.terms import list_conditions, list_objections, list_waivers
from catalogue.queries.waits import list_waits
from catalogue.queries.watch import watch

__all__ = [
    "coverage",
    "list_amendments",
    "list_barriers",
    "list_boards",
    "list_checks",
    "list_conditions",
    "list_decisions",
    "list_entities",
    "list_events",
    "list_evidence",
    "list_experience",
    "list_freezing",
    "list_gates",
    "list_halts",
    "list_objections",
    "list_playbooks",
    "list_programmes",
    "list_rollouts",
    "list_steering",
    "list_tasks",
    "list_technologies",
    "list_trials",
    "list_waits",
    "list_waivers",
    "list_workstreams",
    "show_barrier",
    "show_entity",
    "show_evidence",
    "show_gate",
    "show_playbook",
    "show_programme",
    "show_rollout",
    "show_task",
    "show_technology",
    "watch",
]
