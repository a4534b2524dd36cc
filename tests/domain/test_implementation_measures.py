"""NoMAD and NASSS by known answers: constructs, the reversed item, and flags that fail nothing."""

import pytest
from pydantic import ValidationError

from domain.findings import Assessed, Complexity, Nasss, Nomad, NomadItem, readings


def item(score: float) -> NomadItem:
    """An item by its mean."""
    return NomadItem(mean=score)


def answered(ones: int, twos: int, threes: int, fours: int, fives: int) -> NomadItem:
    """An item by how many gave each score."""
    return NomadItem(counts=(ones, twos, threes, fours, fives))


def nomad(
    *,
    coherence: tuple[float, float, float, float] = (4, 4, 4, 4),
    collective_action: tuple[float, float, float, float, float, float, float] = (4, 2, 4, 4, 4, 4, 4),
) -> Nomad:
    """Twelve people who agree with everything except that it disrupts working relationships."""
    return Nomad.model_validate(
        {
            "respondents": 12,
            "coherence": tuple(map(item, coherence)),
            "cognitive_participation": (item(4),) * 4,
            "collective_action": tuple(map(item, collective_action)),
            "reflexive_monitoring": (item(4),) * 5,
        }
    )


def test_the_item_on_working_relationships_counts_the_other_way_round() -> None:
    """Six items at 4 and the reversed one at 2, which is 6 - 2 = 4: all of it is at 4."""
    found = readings(nomad())
    assert {name: each.value for name, each in found.items()} == {
        "nomad-coherence": 4,
        "nomad-cognitive-participation": 4,
        "nomad-collective-action": 4,
        "nomad-reflexive-monitoring": 4,
        "nomad-overall": 4,
    }
    assert {(each.unit, each.sample) for each in found.values()} == {("score from 1 to 5", 12)}


def test_agreeing_that_it_disrupts_lowers_the_construct() -> None:
    """Reversed 5 is 1: (6 x 4 + 1) / 7 = 25 / 7; over all twenty (19 x 4 + 1) / 20 = 3.85."""
    found = readings(nomad(collective_action=(4, 5, 4, 4, 4, 4, 4)))
    assert found["nomad-collective-action"].value == 25 / 7
    assert found["nomad-overall"].value == 3.85


def test_only_that_item_is_reversed() -> None:
    """The second item of coherence counts as it is: (4 + 1 + 4 + 4) / 4 = 3.25."""
    assert readings(nomad(coherence=(4, 1, 4, 4)))["nomad-coherence"].value == 3.25


def test_counts_give_the_mean_of_an_item() -> None:
    """One 1, two 3, three 4 and four 5 are 1 + 6 + 12 + 20 = 39 over 10 answers: 3.9."""
    assert answered(1, 0, 2, 3, 4).score == 3.9
    assert answered(1, 0, 2, 3, 4).answers == 10


def test_an_item_that_nobody_answered_is_left_out() -> None:
    """The mean is over the three that were; where no item was answered there is no reading."""
    nobody = answered(0, 0, 0, 0, 0)
    partly = nomad().model_copy(update={"coherence": (nobody, item(2), item(3), item(4))})
    assert readings(partly)["nomad-coherence"].value == 3
    without = nomad().model_copy(update={"coherence": (nobody,) * 4})
    assert "nomad-coherence" not in readings(without)
    assert readings(without)["nomad-overall"].value == 4


@pytest.mark.parametrize(
    "fields", [{}, {"mean": 3, "counts": (0, 0, 1, 0, 0)}, {"mean": 0.9}, {"mean": 5.1}, {"counts": (1, 2)}]
)
def test_an_item_has_a_mean_or_its_counts(fields: dict[str, object]) -> None:
    """Within 1 to 5, or one count for each score."""
    with pytest.raises(ValidationError):
        NomadItem.model_validate(fields)


def test_nobody_answers_an_item_twice() -> None:
    """Thirteen answers of twelve respondents are refused."""
    with pytest.raises(ValidationError) as caught:
        Nomad.model_validate(
            nomad().model_dump() | {"reflexive_monitoring": (*[item(4)] * 4, answered(13, 0, 0, 0, 0))}
        )
    (detail,) = caught.value.errors()
    assert str(detail["ctx"]["error"]) == (
        "Item 5 of reflexive-monitoring has 13 answers and there are 12 respondents: correct the counts."
    )


@pytest.mark.parametrize("items", [3, 5])
def test_a_construct_has_all_its_items(items: int) -> None:
    """Four of coherence, not fewer and not more."""
    with pytest.raises(ValidationError):
        Nomad.model_validate(nomad().model_dump() | {"coherence": (item(4),) * items})


def nasss(**complexities: Complexity) -> Nasss:
    """Seven domains, simple unless said otherwise."""
    names = ("condition", "technology", "value_proposition", "adopters", "organisation", "wider_system")
    return Nasss.model_validate(
        {
            name: Assessed(complexity=complexities.get(name, Complexity.SIMPLE), note="Seen at the pilots")
            for name in (*names, "embedding")
        }
    )


def test_complex_domains_are_counted_and_named() -> None:
    """Two complex ones; a complicated one is not complex."""
    found = nasss(
        wider_system=Complexity.COMPLEX, adopters=Complexity.COMPLEX, condition=Complexity.COMPLICATED
    )
    assert readings(found)["nasss-complex-domains"].value == 2
    assert found.complex_domains == ("adopters", "wider-system")


def test_seven_complex_domains_are_still_a_finding() -> None:
    """It flags and never fails."""
    names = dict.fromkeys(Nasss.model_fields.keys() - {"kind"}, Complexity.COMPLEX)
    assert readings(nasss(**names))["nasss-complex-domains"].value == 7
