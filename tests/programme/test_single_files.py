"""A proposal or a new version of a playbook can be read by itself against the programme that is in use."""

from pathlib import Path

import pytest

from programme.contents import Programme
from programme.errors import Problem, ProgrammeInvalid
from programme.reader import read_playbook, read_proposal


def problems_in_proposal(path: Path, programme: Programme) -> tuple[Problem, ...]:
    """What is wrong with a proposal."""
    with pytest.raises(ProgrammeInvalid) as caught:
        read_proposal(path, programme)
    return caught.value.problems


def problems_in_playbook(path: Path, programme: Programme) -> tuple[Problem, ...]:
    """What is wrong with a playbook."""
    with pytest.raises(ProgrammeInvalid) as caught:
        read_playbook(path, programme)
    return caught.value.problems


def edit(path: Path, old: str, new: str) -> Path:
    """Replace a text once."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def test_the_shipped_proposal_reads_the_same_by_itself(shipped: Programme, scotland: Path) -> None:
    """Loading all or one gives the same life."""
    path = scotland / "technologies" / "ccbt-perinatal.yaml"
    assert read_proposal(path, shipped) == shipped.proposal("ccbt-perinatal")


def test_the_shipped_playbook_reads_the_same_by_itself(shipped: Programme, scotland: Path) -> None:
    """Loading all or one gives the same approach."""
    assert read_playbook(scotland / "playbooks" / "standard.yaml", shipped) == shipped.playbook("standard")


def test_a_second_version_may_ask_for_new_evidence(shipped: Programme, scotland: Path) -> None:
    """A playbook grows with what boards learn."""
    path = edit(scotland / "playbooks" / "standard.yaml", "version: 1", "version: 2")
    edit(path, "- {id: local-plan, title: Local", "- {id: new-plan, title: Local")
    assert read_playbook(path, shipped).version == 2


def test_a_playbook_that_no_board_could_go_live_with_is_refused(shipped: Programme, scotland: Path) -> None:
    """The gates of running technologies still need their evidence."""
    path = edit(scotland / "playbooks" / "standard.yaml", "{id: readiness-review,", "{id: readiness,")
    (problem,) = problems_in_playbook(path, shipped)
    assert problem.what.startswith('gate "go-live" asks for "readiness-review" (own)')


def test_a_playbook_whose_figures_no_gate_could_read_is_refused(shipped: Programme, scotland: Path) -> None:
    """A statement in the place of counts would leave every board to be judged by hand."""
    path = edit(scotland / "playbooks" / "standard.yaml", ", finding: training}", ", finding: reach}")
    (problem,) = problems_in_playbook(path, shipped)
    assert problem.what.endswith('which a step asks for as "reach"')


def test_a_proposal_for_a_board_that_is_not_there_is_refused(shipped: Programme, scotland: Path) -> None:
    """With the board that was probably meant."""
    path = edit(scotland / "technologies" / "ccbt-perinatal.yaml", "[forth-valley,", "[forth-vale,")
    (problem,) = problems_in_proposal(path, shipped)
    assert str(problem).endswith('which is no board of this programme: did you mean "forth-valley"?')


def test_a_proposal_with_an_unfit_proof_of_concept_is_refused(shipped: Programme, scotland: Path) -> None:
    """A plan that is there need not be one that a pilot can run."""
    path = scotland / "technologies" / "ccbt-perinatal.yaml"
    edit(path, "proof_of_concept: proof-of-concept", "proof_of_concept: assessment")
    whats = [problem.what for problem in problems_in_proposal(path, shipped)]
    assert len([what for what in whats if "priority" in what]) == 9
    assert any('gate "scale" asks for "impact-evidence" (pilots)' in what for what in whats)


def test_a_file_that_is_not_there_is_refused(shipped: Programme, tmp_path: Path) -> None:
    """The path is named for both kinds."""
    missing = tmp_path / "none.yaml"
    assert problems_in_proposal(missing, shipped)[0].file == str(missing)
    assert problems_in_playbook(missing, shipped)[0].file == str(missing)
