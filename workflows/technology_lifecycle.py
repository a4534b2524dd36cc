"""The workflow of a technology's life, from proposal to sustained."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import technology, technology_rules, technology_wishes
    from domain.event import Command
    from domain.record import Receipt
    from domain.rollout import ReportRollout, StartRollout
    from domain.standing import next_deadline
    from domain.technology import DeclareChange, PublishPlaybook, ReorderWaves, Stage, Technology
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
                summary=f"{brief.title}: {brief.area}",
                attributes=set_attributes({attributes.TECHNOLOGY: brief.technology}),
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

    @workflow.update(description="Change the order and the make-up of the waves still to be released.")
    async def reorder_waves(self, command: ReorderWaves) -> Receipt:
        """Change the waves still to be released."""
        return await self.obey(command)

    @reorder_waves.validator
    def _check_reorder_waves(self, command: ReorderWaves) -> None:
        self.check(command)

    @workflow.update(description="Declare a material change: earlier findings may no longer hold.")
    async def declare_change(self, command: DeclareChange) -> Receipt:
        """Declare a material change."""
        return await self.obey(command)

    @declare_change.validator
    def _check_declare_change(self, command: DeclareChange) -> None:
        self.check(command)

    @workflow.signal(description="From a board's rollout: where it stands.")
    def report_rollout(self, command: ReportRollout) -> None:
        """Hear where a rollout stands."""
        self.heed(command)

    @workflow.signal(description="From a workstream: where it stands.")
    def report_workstream(self, command: ReportWorkstream) -> None:
        """Hear where a workstream stands."""
        self.heed(command)
