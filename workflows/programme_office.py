"""The workflow of the programme office, which grants the slots in which boards implement."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import programme
    from domain.programme import Programme, SetCapacity, SetPriority
    from domain.record import Receipt
    from domain.rollout import ClaimSlot
    from workflows import display
    from workflows.lives import ProgrammeLife
    from workflows.shell import Rules, Shell, childless


@workflow.defn
class ProgrammeOffice(Shell[Programme]):
    """The programme office awards capacity: by priority, and finishing before starting."""

    rules = Rules(
        decide=programme.decide,
        evolve=programme.evolve,
        children=lambda _state: {},
        begin=childless,
        messages=programme.messages,
        deadline=lambda _state, _now: None,
        attributes=display.programme_attributes,
        details=display.programme_details,
        settled=lambda _state: False,
    )

    @workflow.init
    def __init__(self, life: ProgrammeLife) -> None:
        super().__init__(life, life.state, life.start)

    @workflow.run
    async def run(self, life: ProgrammeLife) -> None:
        """Keep the office open for as long as the programme runs."""
        del life  # taken up when the run was initialised, for updates that come early
        await self.admit()
        await self.live_until(lambda _state: False)

    def carry(self) -> ProgrammeLife:
        """What the next run picks up."""
        return ProgrammeLife(**self.carried(), state=self.state)

    @workflow.update(description="Change how many boards may implement at once, for a stated reason.")
    async def set_capacity(self, command: SetCapacity) -> Receipt:
        """Change the number of slots."""
        return await self.obey(command)

    @set_capacity.validator
    def _check_set_capacity(self, command: SetCapacity) -> None:
        self.check(command)

    @workflow.update(description="Rank a technology in the queue for slots, for a stated reason.")
    async def set_priority(self, command: SetPriority) -> Receipt:
        """Rank a technology."""
        return await self.obey(command)

    @set_priority.validator
    def _check_set_priority(self, command: SetPriority) -> None:
        self.check(command)

    @workflow.signal(description="From a rollout: whether it needs a slot.")
    def claim_slot(self, command: ClaimSlot) -> None:
        """Hear whether a rollout needs a slot."""
        self.heed(command)
