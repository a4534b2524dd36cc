"""Chooses how hard Hypothesis looks: quickly by default, the same cases every time in CI, and at length."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings

pytest.register_assert_rewrite(
    "tests.domain.books",
    "tests.domain.capacity_laws",
    "tests.domain.decision_laws",
    "tests.domain.edition_laws",
    "tests.domain.halt_laws",
    "tests.domain.laws",
    "tests.domain.wave_laws",
    "tests.domain.world",
)

_SLOW_IS_FINE = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

settings.register_profile(
    "default",
    deadline=None,
    max_examples=20,
    stateful_step_count=30,
    suppress_health_check=_SLOW_IS_FINE,
    # Making a whole programme's failing history shorter takes minutes: the long profile does it.
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
settings.register_profile("CI", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.register_profile(
    "long", settings.get_profile("default"), max_examples=1000, stateful_step_count=60, phases=tuple(Phase)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("CI" if os.environ.get("CI") else "default"))
