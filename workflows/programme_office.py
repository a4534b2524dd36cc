"""The workflow of the programme office, which grants the capacity in which boards work."""

from datetime import datetime, timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError

with workflow.unsafe.imports_passed_through():
    from activities.engine import EngineActivities
    from domain import office_rules, programme
    from domain.actor import ENGINE
    from domain.office_commands import FinishWork, NoteLives, SetCapacity, SetPriority, TakeOnWork
    from domain.programme import Programme
    from domain.record import Receipt
    from domain.rollout import ClaimSlot
    from workflows import display
    from workflows.lives import ProgrammeLife
    from workflows.shell import Rules, Shell, childless

LOOKED_UP_WITHIN = timedelta(seconds=30)
"""How long the engine may take to say which rollouts run; else the office goes on and asks the next time."""

ASK_AGAIN = RetryPolicy(maximum_interval=timedelta(seconds=5))


@workflow.defn
class ProgrammeOffice(Shell[Programme]):
    """The programme office awards capacity: finishing before starting, by priority, and to each in turn."""

    rules = Rules(
        decide=office_rules.decide,
        evolve=programme.evolve,
        children=lambda _state: {},
        begin=childless,
        messages=office_rules.messages,
        deadline=office_rules.next_look,
        attributes=display.programme_attributes,
        details=display.programme_details,
        settled=lambda _state: False,
    )

    @workflow.init
    def __init__(self, life: ProgrammeLife) -> None:
        super().__init__(life, life.state, life.start)
        self._look_at: datetime | None = None

    @workflow.run
    async def run(self, life: ProgrammeLife) -> None:
        """Keep the office open for as long as the programme runs."""
        del life  # taken up when the run was initialised, for updates that come early
        await self.admit()
        await self.live_until(lambda _state: False)

    def carry(self) -> ProgrammeLife:
        """What the next run picks up."""
        return ProgrammeLife(**self.carried(), state=self.state)

    async def look_round(self) -> None:
        """At its times, see which rollouts in the books still run, and take away what dead ones hold."""
        now = workflow.now()
        # A rollout that cannot be reached may be dead: then nobody has to wait for the next time.
        is_time = self._undelivered or (self._look_at is not None and self._look_at <= now)
        if is_time or self._look_at is None:
            self._look_at = office_rules.next_look(self.state, now)
        if is_time and (lives := office_rules.lives_to_look_up(self.state)):
            await self._look_up(lives)

    async def _look_up(self, lives: tuple[str, ...]) -> None:
        try:
            states = await workflow.execute_activity_method(
                EngineActivities.look_up_lives,
                lives,
                schedule_to_close_timeout=LOOKED_UP_WITHIN,
                retry_policy=ASK_AGAIN,
                summary="See which rollouts in the books still run",
            )
        except FailureError:
            workflow.logger.warning("which rollouts run could not be looked up: it is tried again next time")
            return
        self.heed(NoteLives(actor=ENGINE, states=states))

    @workflow.update(description="Change how much can be done at once, for a stated reason.")
    async def set_capacity(self, command: SetCapacity) -> Receipt:
        """Change a limit."""
        return await self.obey(command)

    @set_capacity.validator
    def _check_set_capacity(self, command: SetCapacity) -> None:
        self.check(command)

    @workflow.update(description="Rank a technology or some boards' rollouts of it, for a stated reason.")
    async def set_priority(self, command: SetPriority) -> Receipt:
        """Rank a technology, or some boards' rollouts."""
        return await self.obey(command)

    @set_priority.validator
    def _check_set_priority(self, command: SetPriority) -> None:
        self.check(command)

    @workflow.update(description="Take on work that nobody planned, for a stated reason.")
    async def take_on_work(self, command: TakeOnWork) -> Receipt:
        """Take on unplanned work."""
        return await self.obey(command)

    @take_on_work.validator
    def _check_take_on_work(self, command: TakeOnWork) -> None:
        self.check(command)

    @workflow.update(description="Say that unplanned work is done, or no longer to be done.")
    async def finish_work(self, command: FinishWork) -> Receipt:
        """Finish unplanned work."""
        return await self.obey(command)

    @finish_work.validator
    def _check_finish_work(self, command: FinishWork) -> None:
        self.check(command)

    @workflow.signal(description="From a rollout: what it needs of the programme's capacity.")
    def claim_slot(self, command: ClaimSlot) -> None:
        """Hear what a rollout needs."""
        self.heed(command)
