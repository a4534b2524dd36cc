"""The names under which findings can be read, each with its unit; rules and reference data use the same.

A name is never given another meaning: conditions that were written years ago still refer to it.
"""

SHARE = "share"
"""The unit of a part of a whole, from 0 to 1; 41.8 % is 0.418."""

SCORE = "score from 1 to 5"

RECOVERY = "recovery-rate"
RELIABLE_IMPROVEMENT = "reliable-improvement-rate"
RELIABLE_RECOVERY = "reliable-recovery-rate"
DETERIORATION = "deterioration-rate"
ACCEPTANCE = "acceptance-rate"
ACTIVATION = "activation-rate"
UPTAKE = "uptake-rate"
COMPLETION = "completion-rate"
REFERRALS = "referrals-per-1000"
TRAINING = "training-coverage"
NOMAD_COHERENCE = "nomad-coherence"
NOMAD_COGNITIVE_PARTICIPATION = "nomad-cognitive-participation"
NOMAD_COLLECTIVE_ACTION = "nomad-collective-action"
NOMAD_REFLEXIVE_MONITORING = "nomad-reflexive-monitoring"
NOMAD_OVERALL = "nomad-overall"
NASSS_COMPLEX = "nasss-complex-domains"
RUN_CHART_SHIFT = "run-chart-shift"
CONTRACT_VALUE = "contract-value"
CONTRACT_DAYS_LEFT = "contract-days-left"

UNITS: dict[str, str] = {
    RECOVERY: SHARE,
    RELIABLE_IMPROVEMENT: SHARE,
    RELIABLE_RECOVERY: SHARE,
    DETERIORATION: SHARE,
    ACCEPTANCE: SHARE,
    ACTIVATION: SHARE,
    UPTAKE: SHARE,
    COMPLETION: SHARE,
    REFERRALS: "referrals per 1,000 people",
    TRAINING: SHARE,
    NOMAD_COHERENCE: SCORE,
    NOMAD_COGNITIVE_PARTICIPATION: SCORE,
    NOMAD_COLLECTIVE_ACTION: SCORE,
    NOMAD_REFLEXIVE_MONITORING: SCORE,
    NOMAD_OVERALL: SCORE,
    NASSS_COMPLEX: "domains",
    RUN_CHART_SHIFT: "direction",
    CONTRACT_VALUE: "GBP",
    CONTRACT_DAYS_LEFT: "days",
}
"""The unit of every built-in reading."""


WORKED_OUT = (RUN_CHART_SHIFT, CONTRACT_DAYS_LEFT)
"""Readings that only the series, or the contract and a day, can give: nobody may state them as a number."""


def unit_of(slug: str) -> str | None:
    """The unit of a built-in reading, or ``None`` where the name is not a built-in one."""
    return SHARE if slug.startswith(f"{TRAINING}-") else UNITS.get(slug)
