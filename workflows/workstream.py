"""The workflow of a parallel track: adoption, or infrastructure for sustainable delivery."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain import workstream
    from domain.standing import next_deadline
    from domain.workstream import DirectWorkstream, Workstream, WorkstreamStage
    from workflows import display
    from workflows.journey import JourneyShell
    from workflows.lives import WorkstreamLife
    from workflows.shell import Rules, childless


@workflow.defn(name="Workstream")
class WorkstreamTrack(JourneyShell[Workstream]):
    """A parallel track works through its plan beside test and learn and scaling."""

    rules = Rules(
        decide=workstream.decide,
        evolve=workstream.evolve,
        children=lambda _state: {},
        begin=childless,
        messages=workstream.messages,
        deadline=next_deadline,
        attributes=display.workstream_attributes,
        details=display.workstream_details,
        settled=lambda state: state.stopped is not None,
    )

    @workflow.init
    def __init__(self, life: WorkstreamLife) -> None:
        super().__init__(life, life.state, life.start)

    @workflow.run
    async def run(self, life: WorkstreamLife) -> str:
        """Work through the plan, and stay for what is reopened."""
        del life  # taken up when the run was initialised, for updates that come early
        await self.admit()
        await self.during(WorkstreamStage.UNDER_WAY)
        return await self.until_stopped()

    def carry(self) -> WorkstreamLife:
        """What the next run picks up."""
        return WorkstreamLife(**self.carried(), state=self.state)

    @workflow.signal(description="From the technology: what it wants of this workstream.")
    def direct_workstream(self, command: DirectWorkstream) -> None:
        """Hear what the technology wants."""
        self.heed(command)
