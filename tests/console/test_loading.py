"""Commands that only show lists load no rules: what they load is most of the time that they take."""

import subprocess
import sys

import pytest

from runtime.settings import CODE

LISTS = ("technologies", "rollouts", "tasks", "waits", "gates", "programmes", "halts")


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_shown_without_the_rules(name: str) -> None:
    """The rules bring pydantic with them, which takes longer to load than all the rest."""
    assert "pydantic" not in loaded_with(f"starter, catalogue.queries.{name}")


def test_a_question_is_loaded_without_the_others() -> None:
    """What a command does not ask it does not pay for."""
    assert not {it for it in loaded_with("catalogue.queries") if it.startswith("catalogue.queries.")}
    assert "catalogue.queries.watch" not in loaded_with("catalogue.queries.technologies")


def loaded_with(modules: str) -> set[str]:
    """The names of all that is loaded once these are."""
    question = f"import sys, {modules}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", question], cwd=CODE, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())
