"""Every refusal about replacing a technology, by example."""

from domain.succession import ReplaceTechnology
from domain.technology import Stage
from tests.domain.examples import NATIONAL_TEAM, OFFICE, TECHNOLOGY
from tests.domain.test_barrier_refusals import done
from tests.domain.test_refusals import assert_refused
from tests.domain.world import Answer, World, found_programme, reach


def replace(world: World, stream: str = TECHNOLOGY, **more: object) -> Answer:
    """Say that the next technology takes the place of the first."""
    given: dict[str, object] = {"actor": OFFICE, "by": "next", "reason": "The contract ends."}
    return world.do(stream, ReplaceTechnology.model_validate(given | more))


def test_replacing_is_for_those_who_steer() -> None:
    """Nationally."""
    assert_refused(
        replace(reach(Stage.SUSTAIN), actor=NATIONAL_TEAM),
        "wrong-role",
        "Replacing technology/ccbt belongs to npt and you act as team, clinician: ask someone who holds that "
        "role.",
    )


def test_a_technology_that_serves_nobody_is_stopped_and_not_replaced() -> None:
    """There is no service to go on."""
    assert_refused(
        replace(found_programme()),
        "nothing-live",
        "technology/ccbt is live at no board, so there is no service to go on: stop it instead.",
    )


def test_a_technology_has_one_successor_and_is_not_its_own() -> None:
    """What was decided stands."""
    world = reach(Stage.SUSTAIN)
    assert_refused(
        replace(world, by="ccbt"),
        "replaces-itself",
        "technology/ccbt cannot take its own place: name its successor.",
    )
    done(replace(world))
    assert_refused(
        replace(world, by="other"),
        "already-replaced",
        "next takes the place of technology/ccbt since 4 Jan 2027 (The contract ends.): see how far that has "
        "come.",
    )
