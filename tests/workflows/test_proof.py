"""What the shell does with signatures: nothing without one, and each where it belongs."""

import asyncio
from datetime import UTC, datetime

import pytest
from temporalio.client import WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError
from temporalio.testing import WorkflowEnvironment

from domain.actor import ENGINE, Actor
from domain.office_commands import OpenProgramme
from domain.rollout import ClaimSlot, StartRollout
from domain.rollout_briefs import Claim
from domain.steps import CompleteStep
from domain.technology import Stage
from identity import jws
from identity.decision import TYP
from identity.keys import PrivateKey
from identity.verifier import Verifier
from tests.cast import signing
from tests.domain.examples import CHARTER, FIFE, OFFICE, PROGRAMME, TECHNOLOGY
from tests.domain.world import reach
from tests.identity.test_oidc import OWN, claims, credential, issuer
from tests.workflows.office import CAST, EVERYBODY, Office, office
from workflows.lives import ProgrammeLife, RolloutLife
from workflows.shell import TASK_TIMEOUT

DESCRIBE = CompleteStep(actor=EVERYBODY, plan="assessment", step="describe")


async def test_a_worker_that_verifies_nothing_accepts_nothing(clockwork: WorkflowEnvironment) -> None:
    """Whoever builds one without the interceptor has a worker that refuses everybody."""
    async with office(clockwork.client, interceptors=[]) as at_work:
        await at_work.propose()
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
    assert isinstance(refusal.value.cause, ApplicationError)
    assert refusal.value.cause.type == "unverified"
    assert "verifies nobody's signature, so it accepts no decision" in refusal.value.cause.message


async def test_the_first_event_of_a_decision_bears_its_signature_and_no_other_does(at_work: Office) -> None:
    """What the engine does by itself follows from it, and is not signed."""
    await at_work.propose()
    receipt = await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE, update_id="describe/1")
    await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) >= receipt.sequence)
    signed = [(it["kind"], it["proof"]) for it in at_work.ledger.streams[TECHNOLOGY] if "proof" in it]
    assert [kind for kind, _ in signed] == ["technology-proposed", "step-completed"]
    start, completion = (jws.take_apart(signature, TYP) for _, signature in signed)
    assert start
    assert completion
    assert (start.claims["sub"], start.claims["upd"], start.claims["jti"]) == (
        OFFICE.name,
        "start",
        "TechnologyLifecycle",
    )
    assert (completion.claims["sub"], completion.claims["jti"]) == (EVERYBODY.name, "describe/1")


async def test_a_message_that_comes_before_its_office_is_verified_waits(at_work: Office) -> None:
    """A rollout asks once, and must not have asked in vain."""
    claim = ClaimSlot(actor=ENGINE, claim=Claim(technology="ccbt", board="fife", wanted=True))
    await at_work.client.start_workflow(
        "ProgrammeOffice",
        ProgrammeLife(start=OpenProgramme(actor=OFFICE, charter=CHARTER)),
        id=PROGRAMME,
        task_queue=at_work.task_queue,
        task_timeout=TASK_TIMEOUT,
        start_signal="claim_slot",
        start_signal_args=[claim],
    )
    await at_work.ledger.until(lambda ledger: "slot-awarded" in ledger.kinds(PROGRAMME))
    assert at_work.ledger.kinds(PROGRAMME)[:2] == ["programme-opened", "slot-claimed"]


async def test_a_life_that_only_another_workflow_begins_is_not_begun_by_a_stranger(
    clockwork: WorkflowEnvironment,
) -> None:
    """A rollout that nobody's technology has started."""
    async with office(clockwork.client) as at_work:
        bare = Office(clockwork.client, at_work.ledger, at_work.task_queue)
        fife = reach(Stage.TEST_AND_LEARN).rollout(FIFE)
        start = StartRollout(actor=ENGINE, brief=fife.brief, direction=fife.direction)
        handle = await bare.start("BoardRollout", RolloutLife(start=start), FIFE)
        with pytest.raises(WorkflowFailureError) as failure:
            await asyncio.wait_for(handle.result(), 30)
        assert getattr(failure.value.cause, "type", "") == "unsigned"
        assert at_work.ledger.streams == {}
    assert CAST.directory.by_name.get(ENGINE.name) is None


class Vouched:
    """Everybody, as an identity provider vouches for them now."""

    def __init__(self, boards: str | list[str] = "all") -> None:
        self._boards = boards

    def key_of(self, actor: Actor) -> PrivateKey:
        """The key that the provider has bound."""
        del actor
        return OWN

    def credential_of(self, actor: Actor) -> str:
        """What the provider says."""
        now = int(datetime.now(UTC).timestamp())
        said = claims(sub=actor.name, roles=list(actor.roles), boards=self._boards, iat=now, exp=now + 3600)
        return credential(said)


async def test_a_providers_credential_travels_beside_the_signature(clockwork: WorkflowEnvironment) -> None:
    """Both on a start and on an update; a narrower one is refused."""
    async with office(clockwork.client, verify=Verifier(issuer()).refusal_of) as at_work:
        vouched = Office(signing(clockwork.client, Vouched()), at_work.ledger, at_work.task_queue)
        await vouched.propose()
        receipt = await vouched.tell(TECHNOLOGY, "complete_step", DESCRIBE)
        await at_work.ledger.until(lambda ledger: len(ledger.kinds(TECHNOLOGY)) >= receipt.sequence)
        narrow = Office(signing(clockwork.client, Vouched(["fife"])), at_work.ledger, at_work.task_queue)
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await narrow.tell(TECHNOLOGY, "complete_step", DESCRIBE)
        assert getattr(refusal.value.cause, "type", "") == "board-not-covered"
        with pytest.raises(WorkflowUpdateFailedError) as refusal:
            await at_work.tell(TECHNOLOGY, "complete_step", DESCRIBE)
        assert getattr(refusal.value.cause, "type", "") == "credential-missing"
