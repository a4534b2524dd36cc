"""Every refusal, by example: one sentence that says what is wrong, where, and what to do."""

import ast
from datetime import date
from pathlib import Path

from domain import rollout_rules, technology_rules, workstream
from domain.actor import Actor
from domain.gate_commands import DecideGate
from domain.office_commands import OpenProgramme, SetCapacity, SetPriority
from domain.office_rules import decide as decide_programme
from domain.proposal import Wave
from domain.refusal import Refusal
from domain.rollout import StartRollout
from domain.steering import Pause, Resume, Stop
from domain.steps import CompleteStep, ReopenStep, SkipStep
from domain.technology import Propose, Stage
from domain.text import NOTE_LIMIT
from domain.waves import ReorderWaves
from domain.workstream import StartWorkstream
from tests.domain.examples import (
    ADOPTION,
    CHARTER,
    FIFE,
    NATIONAL_TEAM,
    NOBODY,
    OFFICE,
    ORKNEY,
    PLAYBOOK,
    PROGRAMME,
    PROPOSAL,
    START,
    TECHNOLOGY,
    VISITOR,
    ask_of,
    bring,
    make_plan,
    make_step,
    people_of,
)
from tests.domain.world import Answer, World, found_programme, reach

LOCAL = people_of("fife")


def assert_refused(answer: Answer, code: str, message: str) -> None:
    """The answer is this refusal, word for word."""
    assert answer == Refusal(code=code, message=message)


def at_fife(
    step: str, kind: type[CompleteStep | SkipStep | ReopenStep] = CompleteStep, **more: object
) -> Answer:
    """The answer of Fife, whose proof of concept has just begun."""
    command = {"actor": LOCAL, "plan": "proof", "step": step} | more
    return reach(Stage.TEST_AND_LEARN).do(FIFE, kind.model_validate(command))


def with_waves(*waves: Wave, reason: str = "winter") -> Answer:
    """The answer to new waves, before any is released."""
    return found_programme().do(TECHNOLOGY, ReorderWaves(actor=OFFICE, waves=waves, reason=reason))


# --- who may ------------------------------------------------------------------------------------------------


def test_a_step_is_refused_to_whoever_lacks_its_role() -> None:
    """The owner of the step does it."""
    assert_refused(
        at_fife("set-up", actor=VISITOR),
        "wrong-role",
        '"Set-up" belongs to team and you act as visitor: ask someone who holds that role.',
    )


def test_somebody_without_any_role_may_do_nothing() -> None:
    """No role, no command."""
    assert_refused(
        found_programme().do(TECHNOLOGY, Stop(actor=NOBODY, reason="no")),
        "wrong-role",
        "Stopping technology/ccbt belongs to npt and you act as nobody: ask someone who holds that role.",
    )


def test_a_step_is_refused_to_another_board() -> None:
    """Tayside does not do the work of Fife."""
    assert_refused(
        at_fife("set-up", actor=people_of("tayside")),
        "out-of-scope",
        '"Set-up" is the work of fife and you act for tayside: ask someone who acts for fife.',
    )


def test_national_work_is_refused_to_a_board() -> None:
    """A board's team has the role, but not the scope."""
    assert_refused(
        found_programme().complete(TECHNOLOGY, "describe", actor=LOCAL),
        "out-of-scope",
        '"Describe" is the work of the national programme and you act for fife: '
        "ask someone who acts for the national programme.",
    )


def test_the_scope_of_somebody_without_boards_is_no_board() -> None:
    """The role alone does not do."""
    assert_refused(
        found_programme().do(TECHNOLOGY, Stop(actor=Actor(name="A", roles=("npt",)), reason="no")),
        "out-of-scope",
        "Stopping technology/ccbt is the work of the national programme and you act for no board: "
        "ask someone who acts for the national programme.",
    )


# --- steps --------------------------------------------------------------------------------------------------


def test_a_step_waits_for_what_it_needs() -> None:
    """It can be neither completed nor skipped before."""
    message = '"Survey" cannot be completed yet: it waits for "Set-up" (set-up).'
    assert_refused(at_fife("survey"), "too-early", message)
    assert_refused(at_fife("survey", SkipStep, reason="no need"), "too-early", message)


def test_a_closed_step_is_not_closed_again() -> None:
    """Who was first is named."""
    world = reach(Stage.TEST_AND_LEARN)
    world.complete(FIFE, "set-up")
    message = (
        '"Set-up" was already completed on 4 Jan 2027 by People of fife: '
        "reopen it if it has to be done again."
    )
    assert_refused(world.complete(FIFE, "set-up"), "already-closed", message)
    skip = SkipStep(actor=LOCAL, plan="proof", step="set-up", reason="no need")
    assert_refused(world.do(FIFE, skip), "already-closed", message)


def test_only_a_closed_step_is_reopened() -> None:
    """An open one is already to be done."""
    assert_refused(
        at_fife("set-up", ReopenStep, reason="again"),
        "not-closed",
        '"Set-up" is open: only a completed or skipped step can be reopened.',
    )


def test_a_mandatory_step_is_never_skipped() -> None:
    """Not even for a good reason."""
    plan = make_plan("assessment", make_step("describe", mandatory=True))
    world = found_programme(PROPOSAL.model_copy(update={"assessment": plan}))
    skip = SkipStep(actor=NATIONAL_TEAM, plan="assessment", step="describe", reason="we know it")
    assert_refused(
        world.do(TECHNOLOGY, skip),
        "mandatory",
        '"Describe" may not be skipped: the plan marks it as mandatory, so complete it.',
    )


def test_a_misspelt_step_is_answered_with_the_one_that_was_meant() -> None:
    """A near miss is named; else the list is pointed to."""
    assert_refused(
        at_fife("setup"), "no-such-step", 'Plan "proof" has no step "setup": did you mean "set-up"?'
    )
    assert_refused(
        at_fife("xyz"), "no-such-step", 'Plan "proof" has no step "xyz": list the tasks to see its steps.'
    )


def test_a_step_of_another_plan_is_refused() -> None:
    """What was written for the last stage does not count in this one."""
    assert_refused(
        at_fife("set-up", plan="handover"),
        "other-plan",
        'The plan being worked on is "proof", not "handover": list the tasks to see what is open.',
    )


def test_a_stage_without_a_plan_has_no_steps() -> None:
    """While boards test and learn, the nation has nothing to complete."""
    command = CompleteStep(actor=NATIONAL_TEAM, plan="assessment", step="describe")
    assert_refused(
        reach(Stage.TEST_AND_LEARN).do(TECHNOLOGY, command),
        "no-plan",
        "technology/ccbt works on no plan in stage test-and-learn: no step is open.",
    )


# --- evidence -----------------------------------------------------------------------------------------------


def try_it(*evidence: object) -> Answer:
    """The answer to the pilot's trial being completed with this evidence."""
    world = reach(Stage.TEST_AND_LEARN)
    world.complete(FIFE, "set-up")
    return world.complete(FIFE, "try", evidence=evidence)


def test_a_step_that_asks_for_evidence_is_not_completed_without() -> None:
    """What is missing is named."""
    assert_refused(try_it(), "evidence-missing", '"Try" asks for evidence: bring outcomes (Outcomes).')


def test_evidence_that_nobody_asked_for_is_refused() -> None:
    """So is what was brought twice."""
    message = (
        '"Try" does not ask for evidence "{}" (it asks for outcomes), or it was brought twice: '
        "correct the name."
    )
    assert_refused(try_it(bring("outcomes"), bring("cost")), "evidence-unasked", message.format("cost"))
    assert_refused(
        try_it(bring("outcomes"), bring("outcomes")), "evidence-unasked", message.format("outcomes")
    )


def test_evidence_cannot_come_from_the_future() -> None:
    """Today's is the latest."""
    later = bring("outcomes").model_copy(update={"dated": date(2027, 1, 5)})
    assert_refused(
        try_it(later),
        "evidence-in-future",
        'Evidence "outcomes" is dated 2027-01-05, a day still to come: correct it.',
    )
    assert not isinstance(try_it(later.model_copy(update={"dated": date(2027, 1, 4)})), Refusal)


def test_evidence_says_what_was_found_and_where() -> None:
    """Neither may be empty."""
    message = 'Evidence "outcomes" needs a statement and a source: say what was found and where.'
    for name in ("statement", "source"):
        empty = bring("outcomes").model_copy(update={name: " "})
        assert_refused(try_it(empty), "evidence-empty", message)


def test_evidence_names_no_patient() -> None:
    """Neither its statement nor its source."""
    assert_refused(
        try_it(bring("outcomes").model_copy(update={"source": "CHI 010203 1234"})),
        "identifying-data",
        "The source holds what looks like a CHI number, and Cairn keeps nothing that could identify a "
        "person: remove it and send it again.",
    )


def test_a_gate_is_not_passed_without_the_evidence_of_every_pilot() -> None:
    """Tayside skipped its trial, so its finding is missing."""
    world = reach(Stage.TEST_AND_LEARN)
    for board in ("fife", "tayside"):
        stream, actor = f"rollout/ccbt/{board}", people_of(board)
        world.complete(stream, "set-up")
        world.complete(stream, "survey")
        if board == "fife":
            world.complete(stream, "try")
        else:
            world.do(stream, SkipStep(actor=actor, plan="proof", step="try", reason="no time"))
    world.settle()
    assert_refused(
        world.pass_gate(TECHNOLOGY),
        "criteria-unmet",
        "The scale gate cannot be passed: Outcomes of the pilot (missing: fife: 8 of 10 completed. tayside: "
        'There is no evidence "outcomes"). Bring what is missing, or decide otherwise.',
    )
    assert not isinstance(world.pass_gate(TECHNOLOGY, "again"), Refusal), "another outcome needs none"


# --- what people write --------------------------------------------------------------------------------------


def test_a_reason_is_needed() -> None:
    """To skip, to steer, to reorder and to decide."""
    message = "A reason is needed: say in a few words why."
    assert_refused(at_fife("set-up", SkipStep, reason=" "), "reason-missing", message)
    world = found_programme()
    assert_refused(world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="")), "reason-missing", message)
    assert_refused(with_waves(*PROPOSAL.waves, reason=""), "reason-missing", message)
    capacity = SetCapacity(actor=OFFICE, capacity=1, reason=" ")
    assert_refused(world.do(PROGRAMME, capacity), "reason-missing", message)
    world.finish_plan(TECHNOLOGY)
    assert_refused(world.pass_gate(TECHNOLOGY, reason=" "), "reason-missing", message)


def test_a_reason_to_reopen_is_needed() -> None:
    """Whoever has to do it again will want to know."""
    world = reach(Stage.TEST_AND_LEARN)
    world.complete(FIFE, "set-up")
    command = ReopenStep(actor=LOCAL, plan="proof", step="set-up", reason="")
    assert_refused(world.do(FIFE, command), "reason-missing", "A reason is needed: say in a few words why.")


def test_a_long_text_belongs_in_a_document() -> None:
    """The limit is named; a note just as long is kept."""
    assert_refused(
        at_fife("set-up", note="x" * (NOTE_LIMIT + 1)),
        "text-too-long",
        "The note has 4,001 characters and the limit is 4,000: shorten it, or put it in a "
        "document and cite that.",
    )
    assert not isinstance(at_fife("set-up", note="x" * NOTE_LIMIT), Refusal)


def test_a_note_names_no_patient() -> None:
    """The kind of identifier is named, never the identifier."""
    assert_refused(
        at_fife("set-up", note="Ask jo@example.org"),
        "identifying-data",
        "The note holds an e-mail address, and Cairn keeps nothing that could identify a person: "
        "remove it and send it again.",
    )


# --- gates --------------------------------------------------------------------------------------------------


def test_a_gate_that_is_not_open_is_not_decided() -> None:
    """What is open instead is named."""
    world = found_programme()
    command = DecideGate(actor=OFFICE, gate="scale", outcome="go", reason="yes")
    message = (
        'Gate "scale" of technology/ccbt is not open: in stage assess the open gate is {}; '
        "show the gate to see what it waits for."
    )
    assert_refused(world.do(TECHNOLOGY, command), "gate-not-open", message.format("none"))
    world.finish_plan(TECHNOLOGY)
    assert_refused(world.do(TECHNOLOGY, command), "gate-not-open", message.format('"begin"'))


def at_begin(outcome: str, **more: object) -> Answer:
    """The answer at the first gate."""
    world = found_programme()
    world.finish_plan(TECHNOLOGY)
    return world.pass_gate(TECHNOLOGY, outcome, **more)


def test_an_outcome_is_one_of_the_gates() -> None:
    """They are listed."""
    assert_refused(
        at_begin("maybe"),
        "no-such-outcome",
        'The begin gate has no outcome "maybe": choose go or again or end.',
    )


def test_only_an_outcome_that_repeats_reopens_steps() -> None:
    """To go on and to do it again at once makes no sense."""
    assert_refused(
        at_begin("go", reopen=["describe"]),
        "nothing-to-reopen",
        'Outcome "go" of The begin gate repeats nothing: leave out the steps to reopen.',
    )


def test_only_steps_of_the_plan_are_reopened_at_a_gate() -> None:
    """A near miss is named; else they are listed."""
    assert_refused(
        at_begin("again", reopen=["describ"]),
        "no-such-step",
        'There is no step "describ" to reopen: did you mean "describe"?',
    )
    assert_refused(
        at_begin("again", reopen=["xyz"]),
        "no-such-step",
        'There is no step "xyz" to reopen: choose from describe, procure.',
    )


def test_a_gate_is_decided_by_its_own_roles() -> None:
    """The national team does the work; the office decides."""
    assert_refused(
        at_begin("go", actor=NATIONAL_TEAM),
        "wrong-role",
        "The decision at The begin gate belongs to npt and you act as team, clinician: "
        "ask someone who holds that role.",
    )


# --- pausing and stopping -----------------------------------------------------------------------------------


def paused(stream: str) -> World:
    """A world in test and learn where this stream has been paused."""
    world = reach(Stage.TEST_AND_LEARN)
    world.do(stream, Pause(actor=OFFICE, reason="flood"))
    world.settle()
    return world


def test_nothing_is_done_while_it_is_paused() -> None:
    """Neither to the board's steps nor, when the technology is paused, to any board's."""
    message = "rollout/ccbt/fife has been paused since 4 Jan 2027 (flood): it has to be resumed first."
    assert_refused(paused(FIFE).complete(FIFE, "set-up"), "paused", message)
    assert_refused(paused(TECHNOLOGY).complete(FIFE, "set-up"), "paused", message)


def test_what_is_paused_is_not_paused_again() -> None:
    """The pause in force is named."""
    assert_refused(
        paused(FIFE).do(FIFE, Pause(actor=LOCAL, reason="storm")),
        "already-paused",
        "rollout/ccbt/fife has been paused since 4 Jan 2027 (flood): there is no need to pause it again.",
    )


def test_what_is_not_paused_is_not_resumed() -> None:
    """There is no pause to end."""
    assert_refused(
        reach(Stage.TEST_AND_LEARN).do(FIFE, Resume(actor=LOCAL, reason="on")),
        "not-paused",
        "rollout/ccbt/fife is not paused: there is nothing to resume.",
    )


def test_a_board_cannot_resume_what_the_technology_paused() -> None:
    """It is told where the pause stands."""
    assert_refused(
        paused(TECHNOLOGY).do(FIFE, Resume(actor=LOCAL, reason="on")),
        "not-paused-here",
        "rollout/ccbt/fife is at rest because its technology or its wave is paused: resume that.",
    )


def test_what_was_stopped_stays_stopped() -> None:
    """Every command is refused: steps, steering, playbooks and waves."""
    world = found_programme()
    world.do(TECHNOLOGY, Stop(actor=OFFICE, reason="unsafe"))
    message = "technology/ccbt was stopped on 4 Jan 2027 (unsafe): nothing can be done to it any more."
    for answer in (
        world.complete(TECHNOLOGY, "describe"),
        world.pass_gate(TECHNOLOGY),
        world.do(TECHNOLOGY, Pause(actor=OFFICE, reason="x")),
        world.do(TECHNOLOGY, Resume(actor=OFFICE, reason="x")),
        world.do(TECHNOLOGY, Stop(actor=OFFICE, reason="x")),
        world.do(TECHNOLOGY, ReorderWaves(actor=OFFICE, waves=PROPOSAL.waves, reason="x")),
        world.publish(),
    ):
        assert_refused(answer, "stopped", message)


# --- playbook -----------------------------------------------------------------------------------------------


def publish(**changes: object) -> Answer:
    """The answer to a playbook, changed like this, in standardisation."""
    return reach(Stage.STANDARDISE).publish(**changes)


def test_a_playbook_is_published_once_there_was_something_to_learn_from() -> None:
    """Not in assessment."""
    assert_refused(
        found_programme().publish(),
        "wrong-stage",
        "technology/ccbt is in stage assess: a playbook can be published once the scale decision has opened "
        "standardisation.",
    )


def test_a_playbook_fills_every_section() -> None:
    """A section of blanks is empty."""
    assert_refused(
        publish(sections={"training": "x", "support": " "}),
        "section-missing",
        "The playbook lacks support: every one of the sections training, support needs its text before it "
        "can be published.",
    )


def test_a_playbook_says_what_barriers_were_met() -> None:
    """A pilot without barriers has not looked."""
    assert_refused(
        publish(mitigations=()),
        "mitigations-missing",
        "The playbook lists no mitigations: say what barriers the pilots met and what helped.",
    )


def test_playbooks_are_numbered_one_after_the_other() -> None:
    """The first is 1."""
    assert_refused(
        publish(version=2),
        "wrong-version",
        "The playbook says it is version 2 and the next one is 1: correct its version.",
    )


def test_a_playbook_brings_the_evidence_that_its_gates_ask_for() -> None:
    """Else no board could ever go live."""
    assert_refused(
        publish(implementation=PLAYBOOK.handover),
        "gate-cannot-pass",
        'The go-live gate asks for evidence "trained" (own) and no step there brings it: add it, or correct '
        "the name.",
    )


def test_a_playbooks_plans_bear_names_of_their_own() -> None:
    """A late sign-off must not be taken for one of another stage."""
    assert_refused(
        publish(handover=PLAYBOOK.handover.model_copy(update={"id": "proof"})),
        "plan-name-taken",
        'Two plans of one technology are called "proof": rename one, because tasks are named after their '
        "plan.",
    )


def test_a_note_holds_nothing_that_no_database_keeps() -> None:
    """A character that the ledger cannot hold would stop a stream for good once it was accepted."""
    assert_refused(
        at_fife("set-up", note="All\0 done."),
        "unwritable-text",
        "The note holds a control character, which cannot be kept: remove it and send it again.",
    )
    assert not isinstance(at_fife("set-up", note="Two\nlines\tand a tab."), Refusal)


def test_a_playbook_names_nobody() -> None:
    """Prose is guarded like every other text."""
    assert_refused(
        publish(sections={"training": "Call jo@example.org.", "support": "Name a lead."}),
        "identifying-data",
        "The training of the playbook holds an e-mail address, and Cairn keeps nothing that could identify "
        "a person: remove it and send it again.",
    )


def test_a_proposals_gates_can_be_passed() -> None:
    """A gate that asks for what no step brings would hold the technology for ever."""
    criteria = (ask_of("case"),)
    gates = PROPOSAL.gates.model_copy(
        update={"begin": PROPOSAL.gates.begin.model_copy(update={"criteria": criteria})}
    )
    proposal = PROPOSAL.model_copy(update={"gates": gates})
    assert_refused(
        technology_rules.decide(None, Propose(actor=OFFICE, proposal=proposal), START),
        "gate-cannot-pass",
        'The begin gate asks for evidence "case" (own) and no step there brings it: add it, or correct the '
        "name.",
    )


def test_what_a_life_is_run_by_is_pinned_with_its_defaults() -> None:
    """A later release may have other defaults; a life goes on with those it began with."""
    events = technology_rules.decide(None, Propose(actor=OFFICE, proposal=PROPOSAL), START)
    assert not isinstance(events, Refusal)
    written = events[0].model_dump_json(exclude_unset=True)
    assert '"at_risk_share":0.8' in written
    assert '"reached":"handover"' in written


# --- waves --------------------------------------------------------------------------------------------------


def test_new_waves_hold_the_same_boards() -> None:
    """None is lost and none is added."""
    assert_refused(
        with_waves(Wave(name="first", boards=("orkney", "fife"))),
        "boards-differ",
        "The new waves must hold exactly the boards not yet released (borders, lothian, orkney), each once: "
        "they hold fife, orkney.",
    )


def test_no_wave_bears_the_name_of_another() -> None:
    """Not even that of the pilots."""
    message = "Two waves would bear the same name: give each wave that is still to come its own."
    for names in (("one", "one"), ("one", "pilots")):
        halves = (("orkney",), ("borders", "lothian"))
        waves = (Wave(name=name, boards=boards) for name, boards in zip(names, halves, strict=True))
        assert_refused(with_waves(*waves), "wave-name-taken", message)


# --- beginnings ---------------------------------------------------------------------------------------------


def test_a_technology_is_proposed_once() -> None:
    """Its name is taken."""
    assert_refused(
        found_programme().do(TECHNOLOGY, Propose(actor=OFFICE, proposal=PROPOSAL)),
        "already-proposed",
        "Online CBT (ccbt) has already been proposed: go on with it, or propose another under its own name.",
    )


def test_nothing_is_done_before_it_has_begun() -> None:
    """Each kind says how it begins."""
    pause = Pause(actor=OFFICE, reason="x")
    assert_refused(
        technology_rules.decide(None, pause, START),
        "not-proposed",
        "This technology has not been proposed: propose it first.",
    )
    assert_refused(
        rollout_rules.decide(None, pause, START),
        "not-started",
        "This rollout has not started: its technology starts it.",
    )
    assert_refused(
        workstream.decide(None, pause, START),
        "not-started",
        "This workstream has not started: its technology starts it.",
    )
    assert_refused(
        decide_programme(None, SetCapacity(actor=OFFICE, capacity=1, reason="x"), START),
        "not-open",
        "The programme office is not open: load the programme first.",
    )


def test_nothing_begins_twice() -> None:
    """A start that arrives again changes nothing."""
    world = reach(Stage.TEST_AND_LEARN)
    fife, adoption = world.rollout(FIFE), world.workstream(ADOPTION)
    start = StartRollout(actor=OFFICE, brief=fife.brief, direction=fife.direction)
    again = "has already started: go on with it."
    assert_refused(world.do(FIFE, start), "already-started", f"rollout/ccbt/fife {again}")
    answer = world.do(ADOPTION, StartWorkstream(actor=OFFICE, brief=adoption.brief))
    assert_refused(answer, "already-started", f"workstream/ccbt/adoption {again}")
    assert_refused(
        world.do(PROGRAMME, OpenProgramme(actor=OFFICE, charter=CHARTER)),
        "already-open",
        "programme/scotland is already open: set its capacity instead.",
    )
    assert ORKNEY not in world.states


def test_capacity_has_bounds() -> None:
    """Neither fewer than none nor beyond all reason."""
    for capacity in (-1, 1001):
        assert_refused(
            found_programme().do(PROGRAMME, SetCapacity(actor=OFFICE, capacity=capacity, reason="x")),
            "capacity-out-of-range",
            f"A capacity of {capacity} is out of range: choose 0 to 1000.",
        )


def test_a_priority_has_bounds() -> None:
    """A number that the ledger could not hold would stop its stream once it was accepted."""
    for priority in (0, 2**31):
        command = SetPriority(actor=OFFICE, technology="ccbt", priority=priority, reason="x")
        assert_refused(
            found_programme().do(PROGRAMME, command),
            "priority-out-of-range",
            f"A priority of {priority} is out of range: choose 1 (first) to 1000 (last).",
        )


def test_infrastructure_that_no_track_provides_is_refused() -> None:
    """A board could never go live."""
    proposal = PROPOSAL.model_copy(update={"go_live_needs": ("training-platform",)})
    answer = technology_rules.decide(None, Propose(actor=OFFICE, proposal=proposal), START)
    assert_refused(
        answer,
        "infrastructure-not-provided",
        'Going live needs "training-platform", which no step of a track provides: correct the name, or say '
        "in a track which step provides it.",
    )


# --- and none is missing ------------------------------------------------------------------------------------


def _find_codes(folder: str) -> set[object]:
    return {
        keyword.value.value
        for path in sorted(Path(folder).glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal"
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }


def test_every_refusal_of_the_domain_has_its_example_here() -> None:
    """A new refusal comes with a sentence that shows it, here or in a neighbour of this module."""
    calls = [
        node
        for module in sorted(Path(__file__).parent.glob("test_*refusals.py"))
        for node in ast.walk(ast.parse(module.read_text()))
        if isinstance(node, ast.Call)
    ]
    shown = {
        call.args[1].value
        for call in calls
        if getattr(call.func, "id", "") == "assert_refused" and isinstance(call.args[1], ast.Constant)
    }
    codes = _find_codes(str(Path(rollout_rules.__file__).parent))
    assert codes
    assert codes == shown
