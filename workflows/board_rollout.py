"""The workflow of one board's rollout."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import rollout, rollout_rules, rollout_wishes
    from domain.editions import AdoptEdition, DeclineEdition
    from domain.learning import DecideTrial, StartTrial, StudyTrial
    from domain.record import Receipt
    from domain.rollout import Direct, Grant, Rollout
    from domain.rollout_briefs import RolloutStage
    from domain.standing import next_deadline
    from workflows import display
    from workflows.journey import GatedShell
    from workflows.lives import RolloutLife
    from workflows.shell import Rules, childless


PILOTING = (RolloutStage.PROOF_OF_CONCEPT, RolloutStage.PILOTED)


@workflow.defn
class BoardRollout(GatedShell[Rollout]):
    """One board takes one technology from release to business as usual."""

    rules = Rules(
        decide=rollout_rules.decide,
        evolve=rollout.evolve,
        children=lambda _state: {},
        begin=childless,
        messages=rollout_wishes.messages,
        deadline=next_deadline,
        attributes=display.rollout_attributes,
        details=display.rollout_details,
        settled=lambda state: state.stopped is not None,
    )

    @workflow.init
    def __init__(self, life: RolloutLife) -> None:
        super().__init__(life, life.state, life.start)

    @workflow.run
    async def run(self, life: RolloutLife) -> str:
        """Live through the stages of a rollout and stay with it as business as usual."""
        del life  # taken up when the run was initialised, for updates that come early
        await self.admit()
        await self.test_and_learn()
        await self.wait_for_a_slot()
        await self.replicate()
        await self.hand_over()
        return await self.until_stopped()

    async def test_and_learn(self) -> None:
        """At a pilot: cycles of proof of concept, then the wait for the scale decision."""
        await self.during(RolloutStage.RELEASED)
        while self.state.stopped is None and self.state.stage in PILOTING:
            await self.during(self.state.stage)

    async def wait_for_a_slot(self) -> None:
        """In the queue, until the programme office grants one of its slots."""
        await self.during(RolloutStage.QUEUED)

    async def replicate(self) -> None:
        """The playbook's implementation, ending in the decision to go live."""
        await self.during(RolloutStage.REPLICATION)

    async def hand_over(self) -> None:
        """The playbook's handover, ending in the decision that it is business as usual."""
        await self.during(RolloutStage.HANDOVER)

    def carry(self) -> RolloutLife:
        """What the next run picks up."""
        return RolloutLife(**self.carried(), state=self.state)

    @workflow.update(description="Plan a test of change: what is tried, and what is expected.")
    async def start_trial(self, command: StartTrial) -> Receipt:
        """Start a test of change."""
        return await self.obey(command)

    @start_trial.validator
    def _check_start_trial(self, command: StartTrial) -> None:
        self.check(command)

    @workflow.update(description="Study a test of change: bring what was found.")
    async def study_trial(self, command: StudyTrial) -> Receipt:
        """Study a test of change."""
        return await self.obey(command)

    @study_trial.validator
    def _check_study_trial(self, command: StudyTrial) -> None:
        self.check(command)

    @workflow.update(description="Act on a test of change: adopt, adapt or abandon it.")
    async def decide_trial(self, command: DecideTrial) -> Receipt:
        """Decide on a test of change."""
        return await self.obey(command)

    @decide_trial.validator
    def _check_decide_trial(self, command: DecideTrial) -> None:
        self.check(command)

    @workflow.update(description="Go on by the later version of the playbook that is offered.")
    async def adopt_edition(self, command: AdoptEdition) -> Receipt:
        """Go on by a later version of the playbook."""
        return await self.obey(command)

    @adopt_edition.validator
    def _check_adopt_edition(self, command: AdoptEdition) -> None:
        self.check(command)

    @workflow.update(description="Stay on the present version of the playbook, for a stated reason.")
    async def decline_edition(self, command: DeclineEdition) -> Receipt:
        """Stay on the present version of the playbook."""
        return await self.obey(command)

    @decline_edition.validator
    def _check_decline_edition(self, command: DeclineEdition) -> None:
        self.check(command)

    @workflow.signal(description="From the technology: what it wants of this rollout.")
    def direct(self, command: Direct) -> None:
        """Hear what the technology wants."""
        self.heed(command)

    @workflow.signal(description="From the programme office: whether it has a slot, or where it waits.")
    def grant(self, command: Grant) -> None:
        """Hear of the slot."""
        self.heed(command)
