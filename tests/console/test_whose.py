"""That whoever reads a decision sees on whose behalf somebody took it."""

from datetime import UTC, datetime

import pytest

from catalogue.rows.decisions import Vote
from catalogue.rows.work import Decision
from console import page

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def vote(role: str, *people: str) -> Vote:
    """What somebody said, perhaps for somebody else."""
    return Vote(
        role=role,
        name=people[0],
        people=people,
        outcome="proceed",
        reason="It is ready.",
        at=AT,
        accepts={},
        terms=(),
        reopen=(),
        basis="",
    )


@pytest.mark.parametrize("in_full", [True, False], ids=["in full", "in short"])
def test_a_decision_names_the_deputy_and_whom_they_deputised_for(
    capsys: pytest.CaptureFixture[str], in_full: bool
) -> None:
    """Both, of whoever completed it and of the others."""
    votes = (vote("board-lead", "Iain Muir", "Jean Kerr"), vote("clinical-lead", "Ann Ross", "Bob Weir"))
    decision = Decision(
        stream="rollout/ccbt/fife",
        sequence=9,
        technology="ccbt",
        board="fife",
        gate="go-live",
        title="Go-live",
        outcome="proceed",
        effect="proceed",
        reason="It is ready.",
        at=AT,
        name="Iain Muir",
        role="board-lead",
        cycle=1,
        judgements=(),
        votes=votes,
        waivers=(),
    )
    page.decisions([decision], in_full=in_full)
    shown = " ".join(capsys.readouterr().out.split())
    assert "Iain Muir for Jean Kerr (board-lead)" in shown
    assert "Ann Ross for Bob Weir" in shown
