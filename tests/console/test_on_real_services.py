"""The commands on the real server, database and worker: what is refused, what is done, what is read."""

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from console import output, reading
from console.ending import NotDone
from rehearsal.findings import rehearsed
from runtime.settings import CODE, Settings
from tests.conftest import RunningStack, plain_environment
from tests.console.conftest import Said, Starter

NEED = "state-the-need"
GAP = "plan-the-evaluation"
DAY = date(2026, 11, 1)
SEEN = ("--statement", "As hoped", "--source", "Register 7")
EVIDENCE = "need-statement=4,000 people a year wait @ Return 2026/3 @ 2026-11-01"


def refused(said: Said) -> str:
    """The one sentence with which a command was refused."""
    assert said.code == 1, said
    assert said.out == ""
    assert said.err.count("\n") == 1, said.err
    return said.err.strip()


def task(technology: str, step: str) -> str:
    """A task of the national assessment."""
    return f"{technology}/national/assessment/{step}"


def complete(starter: Starter, folder: Path, item: dict[str, Any]) -> Said:
    """Complete a task with all the evidence that it asks for, figures included."""
    told = {"statement": "Found as hoped", "source": "Register 7", "dated": str(DAY)}
    brought = [
        {"id": each["id"], **told, "finding": rehearsed(each["finding"], DAY)} for each in item["asked"]
    ]
    file = folder / "evidence.json"
    file.write_text(json.dumps(brought, default=output.plain), encoding="utf-8")
    words = ("--as", item["owner"], "--evidence-file", str(file)) if brought else ("--as", item["owner"])
    return starter("task", "complete", item["id"], *words)


def test_loading_again_changes_nothing(starter: Starter) -> None:
    """The second load says so."""
    said = starter("catalogue", "load")
    assert said.code == 0
    assert "nothing has changed" in said.out
    assert "was open already" in said.out


def test_a_technology_is_proposed_once(
    starter: Starter, technology: str, written: Callable[[str], Path]
) -> None:
    """The second proposal says who was first, and when."""
    said = starter("technology", "propose", str(written(technology)), "--as", "national-advisor")
    assert f"({technology}) has already been proposed on " in refused(said)
    assert "by national advisor" in said.err


def test_only_who_may_propose_proposes(starter: Starter, written: Callable[[str], Path]) -> None:
    """The rules refuse before anything starts."""
    said = starter("technology", "propose", str(written("never")), "--as", "policy-lead")
    assert "you act as policy-lead" in refused(said)


@pytest.mark.parametrize(
    ("acting_as", "part"),
    [
        ("policy-led", 'no role "policy-led": did you mean policy-lead'),
        ("policy-lead@fief", 'no board "fief": did you mean fife?'),
        ("clinical-lead", "belongs to policy-lead and you act as clinical-lead"),
        ("policy-lead@fife", "you act for fife"),
    ],
)
def test_who_may_not_act_is_told_why(starter: Starter, technology: str, acting_as: str, part: str) -> None:
    """Roles and boards that do not exist are known from the loaded programme; the rest the rules decide."""
    said = starter("task", "complete", task(technology, NEED), "--as", acting_as, "--evidence", EVIDENCE)
    assert part in refused(said)


def test_a_step_before_its_prerequisites_is_refused(starter: Starter, technology: str) -> None:
    """The sentence names what comes first."""
    said = starter("task", "complete", task(technology, "award-the-contract"), "--as", "national-advisor")
    assert "cannot be completed yet: it waits for" in refused(said)


def test_unknown_names_get_the_ones_that_were_meant(starter: Starter, technology: str) -> None:
    """Technologies, boards, tasks, stages and entries."""
    near = technology.replace("once", "onec")
    for words, part in (
        (["technology", "show", near], f"did you mean {technology}"),
        (["rollout", "show", technology, "fief"], "did you mean fife?"),
        (["task", "show", task(technology, "state-the-ned")], f"did you mean {task(technology, NEED)}"),
        (["task", "show", NEED], f"{technology}/national/assessment/{NEED}"),
        (["rollout", "list", "--stage", "handovr"], "did you mean handover?"),
        (["catalogue", "show", "ccbt-adlts"], "did you mean ccbt-adults"),
        (["task", "list", "--board", "fief"], "did you mean fife?"),
        (["rollout", "show", technology, "fief"], "did you mean fife?"),
        (["technology", "stop", technology, "--board", "fife", "--reason", "x"], "has not begun"),
        (["gate", "decide", technology, "begin", "proceed", "--reason", "x"], "does not wait"),
    ):
        assert part in refused(starter(*words, CAIRN_AS="national-advisor")), words


def test_a_contract_is_shown_with_the_days_to_keep_in_mind(starter: Starter) -> None:
    """As precisely as its award is known; what nobody has published is left out."""
    shown = " ".join(starter("catalogue", "show", "ieso").out.split())
    assert "36 months, ends 2026-11-30, may be extended until 2027-11-30" in shown


def lenient_programme(folder: Path) -> Path:
    """The shipped programme with one step that may be skipped although the first gate needs its evidence."""
    programme = folder / "programme"
    shutil.copytree(CODE / "programme" / "scotland", programme)
    plan = programme / "plans" / "assessment.yaml"
    before, found, after = plan.read_text(encoding="utf-8").partition(f"- id: {GAP}")
    plan.write_text(before + found + after.replace("    mandatory: true\n", "", 1), encoding="utf-8")
    return programme


def lacking(starter: Starter, technology: str) -> list[str]:
    """The criteria that keep the open gate shut."""
    (waiting,) = starter("gate", "show", technology, "-o", "json").json["gates"]
    judged = [it for it in waiting["judgements"] if it["required"]]
    return sorted(it["criterion"] for it in judged if it["result"] not in {"met", "inconclusive"})


def test_a_gate_is_passed_only_on_its_evidence(
    starter: Starter, written: Callable[[str], Path], tmp_path: Path
) -> None:
    """A whole assessment by hand: a step that was skipped brought nothing, as the gate says."""
    slug, head = "by-hand", ("--as", "national-advisor")
    programme = str(lenient_programme(tmp_path))
    said = starter("technology", "propose", str(written(slug)), *head, CAIRN_PROGRAMME=programme)
    assert said.code == 0, said.err
    while opened := starter("task", "list", "--technology", slug, "-o", "json").json:
        for item in opened:
            if item["step"] == GAP:
                said = starter("task", "skip", item["id"], "--reason", "Later", "--as", item["owner"])
            else:
                said = complete(starter, tmp_path, item)
            assert said.code == 0, said.err
    again = complete(starter, tmp_path, starter("task", "show", task(slug, NEED), "-o", "json").json)
    assert "was already completed on" in refused(again)

    decide = ("gate", "decide", slug, "begin")
    assert "did you mean proceed?" in refused(starter(*decide, "proceeed", "--reason", "x", *head))
    wrong_role = starter(*decide, "proceed", "--reason", "x", "--as", "product-owner")
    assert "belongs to national-advisor" in refused(wrong_role)
    unmet = refused(starter(*decide, "proceed", "--reason", "x", *head))
    assert "The evaluation is planned with its baseline (missing: " in unmet
    assert lacking(starter, slug) == ["accessibility", "cyber-essentials", "evaluation-planned"]
    for check in starter("check", "list", "--technology", slug, "-o", "json").json:
        if check["board"] is None:
            sign = ("check", "sign", slug, check["check"], "accepted", "--dated", str(DAY), *SEEN)
            said = starter(*sign, "--as", check["signers"][0])
            assert said.code == 0, said.err
    assert lacking(starter, slug) == ["evaluation-planned"]

    owner = ("--as", "national-programme-team")
    assert starter("task", "reopen", task(slug, GAP), "--reason", "It is needed", *owner).code == 0
    assert "does not wait" in refused(starter(*decide, "proceed", "--reason", "x", *head))
    while opened := starter("task", "list", "--technology", slug, "-o", "json").json:
        for item in opened:
            assert complete(starter, tmp_path, item).code == 0
    said = starter(*decide, "proceed", "--reason", "All is there", *head)
    assert "1 of 2 agree" in said.out, said.err
    assert starter(*decide, "proceed", "--reason", "So it is", "--as", "policy-lead").code == 0
    assert "So it is" in starter("technology", "show", slug).out
    assert "All is there" in " ".join(starter("gate", "show", slug).out.split())


def test_a_pause_and_its_end(starter: Starter, written: Callable[[str], Path]) -> None:
    """Pausing twice is refused; the pause is shown until it ends; a reason is needed."""
    slug = "paused-once"
    assert starter("technology", "propose", str(written(slug)), "--as", "national-advisor").code == 0
    who = ("--as", "national-advisor")
    assert "A reason is needed" in refused(starter("technology", "pause", slug, "--reason", " ", *who))
    assert starter("technology", "pause", slug, "--reason", "An incident", *who).code == 0
    assert "has been paused since" in refused(starter("technology", "pause", slug, "--reason", "x", *who))
    assert "An incident" in starter("technology", "show", slug).out
    assert starter("technology", "resume", slug, "--reason", "It is over", *who).code == 0


def test_capacity_and_priority_are_set_by_whoever_may(starter: Starter, technology: str) -> None:
    """And stand in what is read afterwards."""
    said = starter("programme", "capacity", "5", "--reason", "A second trainer", "--as", "clinical-lead@fife")
    assert "you act as clinical-lead" in refused(said)
    for words in (["capacity", "5"], ["prioritise", technology, "10"]):
        said = starter("programme", *words, "--reason", "A second trainer", "--as", "national-advisor")
        assert said.code == 0, said.err
    programme = starter("programme", "show", "-o", "json").json
    (limit,) = (it for it in programme["limits"] if it["limit"] == "national/developing")
    developing = [it for it in programme["slots"] if it["lane"] == "developing"]
    assert (limit["most"], limit["used"]) == (5, len(developing))
    assert (technology, 10) in [(it["technology"], it["priority"]) for it in programme["priorities"]]


def test_capacity_of_boards_and_roles_is_set_by_name(starter: Starter) -> None:
    """At one board, at every board, of a role; a preview changes nothing."""
    why = ("--reason", "A post is vacant", "--as", "national-advisor")
    for words in (
        ["1", "--board", "fife"],
        ["7", "--board", "every", "--lane", "sustaining"],
        ["2", "--role", "clinical-safety-officer"],
    ):
        said = starter("programme", "capacity", *words, *why)
        assert said.code == 0, said.err
    previewed = starter("programme", "capacity", "0", "--board", "lothian", *why, "--preview")
    assert "Nobody would start" in previewed.out
    limits = {it["limit"]: it["most"] for it in starter("programme", "show", "-o", "json").json["limits"]}
    assert limits["board/fife/developing"] == 1
    assert limits["board/every-board/sustaining"] == 7
    assert limits["role/clinical-safety-officer"] == 2
    assert "board/lothian/developing" not in limits
    both = starter("programme", "capacity", "1", "--role", "product-owner", "--board", "fife", *why)
    assert "not both" in refused(both)
    assert 'There is no lane "building"' in refused(
        starter("programme", "capacity", "1", "--lane", "building", *why)
    )


def test_work_that_nobody_planned_is_shown_before_it_is_taken_on(starter: Starter) -> None:
    """What it takes, whether it starts, whom it pushes back; then it waits like everything else."""
    why = ("--reason", "The hosting ends", "--as", "national-advisor")
    what = ("--lane", "sustaining", "--role", "clinical-lead", "--board", "tayside")
    title = "Move the old service"
    seen = starter("programme", "take-on", "move-hosting", title, *what, *why, "--preview")
    assert seen.code == 0, seen.err
    assert "Starts at once" in seen.out
    assert "board/tayside/sustaining" in seen.out
    assert "work/move-hosting" not in slots_of(starter)
    said = starter("programme", "take-on", "move-hosting", title, *what, *why)
    assert "move-hosting is taken on." in said.out
    slot = slots_of(starter)["work/move-hosting"]
    assert (slot["title"], slot["roles"]) == (title, ["clinical-lead"])
    assert title in starter("programme", "show").out
    again = starter("programme", "take-on", "move-hosting", title, *what, *why)
    assert "was already taken on" in refused(again)
    assert starter("programme", "finish", "move-hosting", *why).code == 0
    assert "to finish: choose from none" in refused(starter("programme", "finish", "move-hosting", *why))
    assert "lower case" in refused(starter("programme", "finish", "Move Hosting", *why))


def slots_of(starter: Starter) -> dict[str, Any]:
    """What holds capacity, by its name."""
    return {it["name"]: it for it in starter("programme", "show", "-o", "json").json["slots"]}


def test_boards_and_waves_are_ranked_by_themselves(starter: Starter, technology: str) -> None:
    """At the technology or at the office; a wave means its boards."""
    why = ("--reason", "Ready early", "--as", "national-advisor")
    wave = next(
        it
        for it in starter("technology", "show", technology, "-o", "json").json["waves"]
        if it["name"] != "pilots"
    )
    said = starter("technology", "reprioritise", technology, "20", "--wave", wave["name"], *why)
    assert said.code == 0, said.err
    said = starter("programme", "prioritise", technology, "30", "--board", wave["boards"][0], *why)
    assert f"{technology} at {wave['boards'][0]} has priority 30." in said.out
    seen = starter("technology", "reprioritise", technology, "5", *why, "--preview")
    assert "nobody's position would change" in seen.out
    ranks = starter("programme", "show", "-o", "json").json["priorities"]
    ranked = {it["board"]: it["priority"] for it in ranks if it["board"] and it["technology"] == technology}
    assert ranked == {
        **dict.fromkeys(wave["boards"], 20),
        wave["boards"][0]: 30,
    }
    assert 'has no wave "none"' in refused(
        starter("technology", "reprioritise", technology, "20", "--wave", "none", *why)
    )


def test_what_is_read_as_json_is_stable(starter: Starter, technology: str) -> None:
    """Programs find the fields that the catalogue's rows have; times are UTC."""
    (found,) = (it for it in starter("technology", "list", "-o", "json").json if it["slug"] == technology)
    assert (found["stage"], found["boards"], found["stopped"]) == ("assess", 14, None)
    assert found["proposed"].endswith("Z")
    card = starter("technology", "show", technology, "-o", "json").json
    assert {"technology", "waves", "rollouts", "workstreams", "tasks", "gates", "decisions"} <= set(card)
    rollouts = starter("rollout", "list", "--technology", technology, "-o", "json").json
    assert len(rollouts) == 14
    shown = starter("task", "show", task(technology, NEED), "-o", "json").json
    assert (shown["owner"], shown["status"]) == ("policy-lead", "open")
    cells = starter("catalogue", "coverage", "--board", "fife", "-o", "json").json
    assert {cell["board"] for cell in cells} == {"fife"}
    lines = starter("events", "tail", "--stream", f"technology/{technology}", "-o", "json").out.splitlines()
    assert [json.loads(line)["specversion"] for line in lines] == ["1.0"] * len(lines)
    listed = starter("events", "list", "--type", "technology-proposed", "-o", "json").out.splitlines()
    assert f"technology/{technology}#1" in {json.loads(line)["id"] for line in listed}


@pytest.mark.parametrize(
    "words",
    [
        ["technology", "show", "{}"],
        ["rollout", "list", "--technology", "{}"],
        ["rollout", "show", "{}", "fife"],
        ["task", "list", "--technology", "{}"],
        ["gate", "show", "{}"],
        ["gate", "list"],
        ["evidence", "list", "--all"],
        ["evidence", "expiring"],
        ["check", "list", "--technology", "{}"],
        ["cycle", "list"],
        ["catalogue", "coverage"],
        ["catalogue", "list"],
        ["events", "list", "--limit", "5"],
        ["watch", "{}", "--once"],
        ["doctor"],
    ],
)
def test_tables_fit_100_columns_and_bear_no_colour_in_a_file(
    starter: Starter, technology: str, words: list[str]
) -> None:
    """Whatever is read can be mailed as it is."""
    said = starter(*(word.format(technology) for word in words))
    assert said.code == 0, said.err
    assert max(len(line.rstrip()) for line in said.out.splitlines()) <= 100
    assert "\x1b" not in said.out


def test_a_reader_that_goes_away_is_no_error(stack: RunningStack, starter: Starter) -> None:
    """As with `head`: silence."""
    del starter
    with subprocess.Popen(
        [sys.executable, str(CODE / "starter.py"), "catalogue", "list", "--kind", "role"],
        env={**plain_environment(), "CAIRN_HOME": str(stack.home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == ""


def test_an_interruption_is_silent(stack: RunningStack, technology: str) -> None:
    """Ctrl-C ends what follows the ledger with 130 and no word."""
    # Tests that run in the background of a shell would hand on that interruptions are passed over.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(
        [sys.executable, str(CODE / "starter.py"), "events", "tail", "--follow", "--limit", "1"],
        env={**plain_environment(), "CAIRN_HOME": str(stack.home), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline(), technology
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == 130


def test_what_was_stopped_says_when_and_why(starter: Starter, written: Callable[[str], Path]) -> None:
    """Nothing can be done to it any more."""
    slug, head = "stopped-once", ("--as", "national-advisor")
    assert starter("technology", "propose", str(written(slug)), *head).code == 0
    assert starter("technology", "stop", slug, "--reason", "No supplier", *head).code == 0
    assert "was stopped on" in refused(starter("technology", "pause", slug, "--reason", "x", *head))


def test_the_quick_way_to_the_database_is_the_settings_way(
    stack: RunningStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reading decides for itself is what the settings would have said."""
    monkeypatch.delenv("CAIRN_DATABASE_URL", raising=False)
    monkeypatch.setenv("CAIRN_HOME", str(stack.home))
    assert reading.database_url() == Settings().database_url == stack.settings.database_url
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://elsewhere/cairn")
    assert reading.database_url() == Settings().database_url


def test_a_database_without_the_ledger_is_one_sentence(stack: RunningStack, starter: Starter) -> None:
    """It says what to run."""
    url = stack.settings.database_url.rsplit("/", 1)[0] + "/postgres"
    assert "catalogue migrate" in refused(starter("technology", "list", CAIRN_DATABASE_URL=url))


async def test_a_database_that_goes_away_in_the_middle_is_one_sentence(stack: RunningStack) -> None:
    """Whoever reads is told, and asked to try again."""

    async def ask_a_closed_connection() -> None:
        async with reading.opened(stack.settings.database_url) as connection:
            await connection.close()
            await connection.fetchval("SELECT 1")

    with pytest.raises(NotDone, match="went away in the middle"):
        await ask_a_closed_connection()
