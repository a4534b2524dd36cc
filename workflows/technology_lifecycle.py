"""The workflow of a technology's life, from proposal to sustained."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import technology, technology_rules, technology_wishes
    from domain.amendment import ProposeAmendment, PublishAmendments, ReviewAmendment
    from domain.event import Command
    from domain.halt import HaltTechnology
    from domain.record import Receipt
    from domain.rollout import ReportRollout, StartRollout
    from domain.standing import next_deadline
    from domain.succession import LeavePlace, ReplaceTechnology, SucceedAt
    from domain.technology import DeclareChange, PublishPlaybook, Stage, Technology
    from domain.waves import AddBoard, PauseWave, ReorderWaves, ResumeWave, StopWave, SwapPilot
    from domain.workstream import ReportWorkstream, StartWorkstream
    from workflows import attributes, display
    from workflows.journey import GatedShell
    from workflows.lives import RolloutLife, TechnologyLife, WorkstreamLife
    from workflows.shell import ChildStart, Rules, set_attributes


def child_start(start: Command) -> ChildStart:
    """How a rollout or a workstream is started.

    Raises:
        TypeError: The command starts neither.
    """
    match start:
        case StartRollout(brief=brief, direction=direction):
            return ChildStart(
                workflow="BoardRollout",
                life=RolloutLife(start=start),
                summary=f"{brief.title} at {brief.board}",
                attributes=set_attributes(
                    {
                        attributes.TECHNOLOGY: brief.technology,
                        attributes.BOARD: brief.board,
                        attributes.WAVE: direction.wave,
                    }
                ),
            )
        case StartWorkstream(brief=brief):
            return ChildStart(
                workflow="Workstream",
                life=WorkstreamLife(start=start),
                summary=f"{brief.title}: {brief.area}{f' at {brief.board}' if brief.board else ''}",
                attributes=set_attributes(
                    {
                        attributes.TECHNOLOGY: brief.technology,
                        **({attributes.BOARD: brief.board} if brief.board else {}),
                    }
                ),
            )
        case _:
            raise TypeError(f"a technology starts no child with {type(start).__name__}")


@workflow.defn
class TechnologyLifecycle(GatedShell[Technology]):
    """A technology is assessed, tested, standardised, scaled to every board and sustained."""

    rules = Rules(
        decide=technology_rules.decide,
        evolve=technology.evolve,
        children=technology_wishes.children,
        begin=child_start,
        messages=technology_wishes.messages,
        deadline=next_deadline,
        attributes=display.technology_attributes,
        details=display.technology_details,
        settled=lambda state: state.stopped is not None,
    )

    @workflow.init
    def __init__(self, life: TechnologyLife) -> None:
        super().__init__(life, life.state, life.start)

    @workflow.run
    async def run(self, life: TechnologyLife) -> str:
        """Go stage by stage, and stay with a sustained technology until it is stopped."""
        del life  # taken up when the run was initialised, for updates that come early
        await self.admit()
        await self.assess()
        await self.test_and_learn()
        await self.standardise()
        await self.scale()
        await self.sustain()
        return await self.until_stopped()

    async def assess(self) -> None:
        """Assessment and procurement: the national plan, then the decision to begin."""
        await self.during(Stage.ASSESS)

    async def test_and_learn(self) -> None:
        """Pilots run cycles of proof of concept beside the workstreams, until the scale decision."""
        await self.during(Stage.TEST_AND_LEARN)

    async def standardise(self) -> None:
        """What the pilots learned becomes the playbook, published and approved."""
        await self.during(Stage.STANDARDISE)

    async def scale(self) -> None:
        """Waves of boards replicate the playbook under the programme's capacity."""
        await self.during(Stage.SCALE)

    async def sustain(self) -> None:
        """The national handover to business as usual."""
        await self.during(Stage.SUSTAIN)

    def carry(self) -> TechnologyLife:
        """What the next run picks up."""
        return TechnologyLife(**self.carried(), state=self.state)

    @workflow.update(description="Publish the next version of the playbook that boards replicate.")
    async def publish_playbook(self, command: PublishPlaybook) -> Receipt:
        """Publish the next version of the playbook."""
        return await self.obey(command)

    @publish_playbook.validator
    def _check_publish_playbook(self, command: PublishPlaybook) -> None:
        self.check(command)

    @workflow.update(description="Propose a change to the playbook, with what it was learned from.")
    async def propose_amendment(self, command: ProposeAmendment) -> Receipt:
        """Propose a change to the playbook."""
        return await self.obey(command)

    @propose_amendment.validator
    def _check_propose_amendment(self, command: ProposeAmendment) -> None:
        self.check(command)

    @workflow.update(description="Accept or decline a proposed change to the playbook.")
    async def review_amendment(self, command: ReviewAmendment) -> Receipt:
        """Accept or decline a proposed change."""
        return await self.obey(command)

    @review_amendment.validator
    def _check_review_amendment(self, command: ReviewAmendment) -> None:
        self.check(command)

    @workflow.update(description="Publish the next version of the playbook from what was accepted.")
    async def publish_amendments(self, command: PublishAmendments) -> Receipt:
        """Publish what was accepted."""
        return await self.obey(command)

    @publish_amendments.validator
    def _check_publish_amendments(self, command: PublishAmendments) -> None:
        self.check(command)

    @workflow.update(description="Change the order and the make-up of the waves still to be released.")
    async def reorder_waves(self, command: ReorderWaves) -> Receipt:
        """Change the waves still to be released."""
        return await self.obey(command)

    @reorder_waves.validator
    def _check_reorder_waves(self, command: ReorderWaves) -> None:
        self.check(command)

    @workflow.update(description="Let a wave rest: its boards follow, or it is not released.")
    async def pause_wave(self, command: PauseWave) -> Receipt:
        """Pause a wave."""
        return await self.obey(command)

    @pause_wave.validator
    def _check_pause_wave(self, command: PauseWave) -> None:
        self.check(command)

    @workflow.update(description="Let a wave go on after its pause.")
    async def resume_wave(self, command: ResumeWave) -> Receipt:
        """Resume a wave."""
        return await self.obey(command)

    @resume_wave.validator
    def _check_resume_wave(self, command: ResumeWave) -> None:
        self.check(command)

    @workflow.update(description="End a wave for good, with the rollouts at its boards.")
    async def stop_wave(self, command: StopWave) -> Receipt:
        """Stop a wave."""
        return await self.obey(command)

    @stop_wave.validator
    def _check_stop_wave(self, command: StopWave) -> None:
        self.check(command)

    @workflow.update(description="Let a board take part that the plan did not have.")
    async def add_board(self, command: AddBoard) -> Receipt:
        """Add a board."""
        return await self.obey(command)

    @add_board.validator
    def _check_add_board(self, command: AddBoard) -> None:
        self.check(command)

    @workflow.update(description="Let one board test and learn in the place of another.")
    async def swap_pilot(self, command: SwapPilot) -> Receipt:
        """Swap a pilot."""
        return await self.obey(command)

    @swap_pilot.validator
    def _check_swap_pilot(self, command: SwapPilot) -> None:
        self.check(command)

    @workflow.update(description="Declare a material change: earlier findings may no longer hold.")
    async def declare_change(self, command: DeclareChange) -> Receipt:
        """Declare a material change."""
        return await self.obey(command)

    @declare_change.validator
    def _check_declare_change(self, command: DeclareChange) -> None:
        self.check(command)

    @workflow.update(description="Say that another technology takes this one's place, board by board.")
    async def replace_technology(self, command: ReplaceTechnology) -> Receipt:
        """Say that another technology takes this one's place."""
        return await self.obey(command)

    @replace_technology.validator
    def _check_replace_technology(self, command: ReplaceTechnology) -> None:
        self.check(command)

    @workflow.signal(description="From a technology that is to take this one's place: where it is live.")
    def succeed_at(self, command: SucceedAt) -> None:
        """Hear where a successor is business as usual."""
        self.heed(command)

    @workflow.signal(description="From the technology whose place this one takes: whether it has ended.")
    def leave_place(self, command: LeavePlace) -> None:
        """Hear that the technology that is replaced has ended."""
        self.heed(command)

    @workflow.update(description="Stop the line: freeze it in all boards at once, for a concern for safety.")
    async def halt_technology(self, command: HaltTechnology) -> Receipt:
        """Stop the line."""
        return await self.obey(command)

    @halt_technology.validator
    def _check_halt_technology(self, command: HaltTechnology) -> None:
        self.check(command)

    @workflow.signal(description="From a board's rollout: where it stands.")
    def report_rollout(self, command: ReportRollout) -> None:
        """Hear where a rollout stands."""
        self.heed(command)

    @workflow.signal(description="From a workstream: where it stands.")
    def report_workstream(self, command: ReportWorkstream) -> None:
        """Hear where a workstream stands."""
        self.heed(command)
