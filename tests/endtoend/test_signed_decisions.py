"""On the real server, with a real worker: who does not prove who they are changes nothing and is told why."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from domain.actor import Actor
from domain.event import Command
from domain.proof import Deed
from domain.record import Receipt
from domain.steps import CompleteStep
from identity import changes, jws
from identity.decision import TYP, Decision, sign_deed
from identity.development import DIRECTORY
from identity.directory import Delegation, Directory
from identity.issue import DirectoryFile, write_issue
from runtime.client import connect
from runtime.development import FOLDER
from runtime.stack import Stack
from tests.domain.examples import PROPOSAL, make_plan, make_step
from tests.endtoend.carrying import Carrying, keys_of
from tests.endtoend.conftest import keyring_of
from tests.endtoend.national_life import (
    AILSA,
    BRUCE,
    EVERYBODY,
    FIFE_TEAM,
    LEAVER,
    PATIENCE,
    Cue,
    NationalLife,
    a_life,
)
from tests.replay.test_replay import replayer
from workflows import proof

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEPS = tuple(f"step-{number}" for number in range(12))
WIDE = PROPOSAL.model_copy(update={"assessment": make_plan("assessment", *map(make_step, STEPS))})


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def life(stack: Stack, client: Client) -> AsyncIterator[NationalLife]:
    """Return a technology whose assessment has many steps that can be done at once."""
    async with a_life(stack, client, "signed") as lived:
        await lived.begin(WIDE)
        opened = Cue(lived.technology, "step-opened", times=len(STEPS))
        await lived.ledger.until(opened.given, PATIENCE)
        yield lived


def complete(step: str, actor: Actor = AILSA) -> CompleteStep:
    """Complete a step of the assessment."""
    return CompleteStep(actor=actor, plan="assessment", step=step)


def deed_of(stream: str, command: Command, update_id: str, update: str = "complete_step") -> Deed:
    """What is signed."""
    return Deed(
        workflow=stream,
        update=update,
        id=update_id,
        arguments=proof.as_json((command,)),
        actor=command.actor,
    )


async def send(
    stack: Stack, stream: str, command: Command, update_id: str, signature: str, update: str = "complete_step"
) -> Receipt:
    """Send an update with that signature."""
    bare = await connect(stack.settings, interceptors=[Carrying(signature)])
    handle = bare.get_workflow_handle(stream)
    receipt: Receipt = await handle.execute_update(update, command, id=update_id, result_type=Receipt)
    return receipt


async def done(stack: Stack, life: NationalLife, command: Command, update_id: str, signature: str) -> Receipt:
    """Send what is accepted, and return once the ledger has it."""
    receipt = await send(stack, life.technology, command, update_id, signature)
    await life.ledger.until(lambda ledger: len(ledger.events(life.technology)) >= receipt.sequence, PATIENCE)
    return receipt


async def accepted(life: NationalLife) -> int:
    """How many updates the technology has accepted."""
    history = await life.client.get_workflow_handle(life.technology).fetch_history()
    kind = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    return sum(event.event_type == kind for event in history.events)


@asynccontextmanager
async def nothing_happens(life: NationalLife) -> AsyncIterator[None]:
    """See that the block leaves no trace, neither in the engine nor in the ledger."""
    before = life.ledger.count(), await accepted(life)
    yield
    assert (life.ledger.count(), await accepted(life)) == before


async def refused(stack: Stack, life: NationalLife, *sent: Any) -> ApplicationError:
    """Send what is refused; it leaves no trace, and the refusal is one sentence."""
    async with nothing_happens(life):
        with pytest.raises(WorkflowUpdateFailedError) as failure:
            await send(stack, life.technology, *sent)
    assert isinstance(failure.value.cause, ApplicationError)
    assert failure.value.cause.message.endswith(".")
    assert "\n" not in failure.value.cause.message
    return failure.value.cause


# --- decisions ----------------------------------------------------------------------------------------------


async def test_an_unsigned_decision_is_refused(stack: Stack, life: NationalLife) -> None:
    """Whoever reaches the server does not thereby decide."""
    refusal = await refused(stack, life, complete("step-0"), "unsigned/1", "")
    assert refusal.type == "unsigned"
    assert refusal.message.startswith(f"complete_step of {life.technology} bears no signature: ")


async def test_an_expired_decision_is_refused(stack: Stack, life: NationalLife) -> None:
    """One that was signed two minutes ago."""
    deed = deed_of(life.technology, complete("step-0"), "expired/1")
    signature = sign_deed(deed, keys_of(stack, AILSA), datetime.now(UTC) - timedelta(minutes=2))
    assert (await refused(stack, life, complete("step-0"), "expired/1", signature)).type == "expired"


async def test_a_tampered_signature_is_refused(stack: Stack, life: NationalLife) -> None:
    """One bit is enough, and so is somebody else's name over it."""
    deed = deed_of(life.technology, complete("step-0"), "tampered/1")
    signature = sign_deed(deed, keys_of(stack, AILSA), datetime.now(UTC))
    head, claims, tail = signature.split(".")
    raw = bytearray(jws.decode(tail) or b"")
    raw[0] ^= 1
    text = f"{head}.{claims}.{jws.encode(bytes(raw))}"
    assert (await refused(stack, life, complete("step-0"), "tampered/1", text)).type == "tampered"
    said = jws.take_apart(signature, TYP)
    assert said
    renamed = jws.encode(jws.encode_json({**said.claims, "sub": BRUCE.name}))
    text = f"{head}.{renamed}.{tail}"
    assert (await refused(stack, life, complete("step-0", BRUCE), "tampered/1", text)).type == "key-unknown"


async def test_a_signature_for_something_else_is_refused(stack: Stack, life: NationalLife) -> None:
    """Another update id, another workflow, another update, other arguments."""
    command, now = complete("step-0"), datetime.now(UTC)
    for deed, code in (
        (deed_of(life.technology, command, "first/1"), "another-update-id"),
        (deed_of("technology/another", command, "second/1"), "another-workflow"),
        (deed_of(life.technology, command, "second/1", "skip_step"), "another-update"),
        (deed_of(life.technology, complete("step-1"), "second/1"), "other-arguments"),
    ):
        signature = sign_deed(deed, keys_of(stack, AILSA), now)
        assert (await refused(stack, life, command, "second/1", signature)).type == code


async def test_a_decision_from_the_history_cannot_be_made_again(stack: Stack, life: NationalLife) -> None:
    """Its signature stands there for all to see, and is worth nothing for another update."""
    first = complete("step-11")
    signature = sign_deed(
        deed_of(life.technology, first, "history/1"), keys_of(stack, AILSA), datetime.now(UTC)
    )
    receipt = await done(stack, life, first, "history/1", signature)
    (event,) = [it for it in life.ledger.events(life.technology) if it.data.get("proof") == signature]
    assert (event.type, event.data["step"], event.actor) == ("step-completed", "step-11", AILSA.name)
    assert (await refused(stack, life, first, "history/2", signature)).type == "another-update-id"
    # The same update once more is the same decision, which the engine carries out once.
    async with nothing_happens(life):
        assert await send(stack, life.technology, first, "history/1", signature) == receipt


@pytest.mark.parametrize(
    ("claimed", "key", "code"),
    [
        (FIFE_TEAM.model_copy(update={"boards": "all"}), FIFE_TEAM, "board-not-covered"),
        (FIFE_TEAM.model_copy(update={"boards": ("tayside",)}), FIFE_TEAM, "board-not-covered"),
        (AILSA.model_copy(update={"roles": ("npt",)}), AILSA, "role-not-held"),
        (AILSA.model_copy(update={"roles": ("team", "npt")}), AILSA, "role-not-held"),
        (AILSA.model_copy(update={"name": "cairn", "roles": ("engine",)}), AILSA, "person-unknown"),
        (AILSA.model_copy(update={"name": BRUCE.name}), AILSA, "key-unknown"),
        (AILSA.model_copy(update={"on_behalf_of": BRUCE.name}), AILSA, "no-delegation"),
    ],
)
async def test_nobody_claims_more_than_they_hold(
    stack: Stack, life: NationalLife, claimed: Actor, key: Actor, code: str
) -> None:
    """A wrong board, a wrong role, another name: the signature is genuine, the claim is not."""
    command = complete("step-0", claimed)
    deed = deed_of(life.technology, command, f"claims/{code}")
    signature = sign_deed(deed, keys_of(stack, key), datetime.now(UTC))
    assert (await refused(stack, life, command, f"claims/{code}", signature)).type == code


async def test_the_rules_still_ask_whether_the_role_is_the_right_one(
    stack: Stack, life: NationalLife
) -> None:
    """A genuine claim of a local person does not reach a national step."""
    command = complete("step-0", FIFE_TEAM)
    deed = deed_of(life.technology, command, "local/1")
    signature = sign_deed(deed, keys_of(stack, FIFE_TEAM), datetime.now(UTC))
    refusal = await refused(stack, life, command, "local/1", signature)
    assert "is the work of the national level and you act for fife" in refusal.message or refusal.type


async def test_the_same_person_cannot_pass_for_two(stack: Stack, life: NationalLife) -> None:
    """Twice under different roles' claims, once under another name: one counts, the others are refused."""
    own = complete("step-1")
    deed = deed_of(life.technology, own, "twice/1")
    await done(stack, life, own, "twice/1", sign_deed(deed, keys_of(stack, AILSA), datetime.now(UTC)))
    for claimed, code in (
        (AILSA.model_copy(update={"roles": ("lead",)}), "role-not-held"),
        (AILSA.model_copy(update={"name": EVERYBODY.name}), "key-unknown"),
    ):
        command = complete("step-2", claimed)
        deed = deed_of(life.technology, command, "twice/2")
        signature = sign_deed(deed, keys_of(stack, AILSA), datetime.now(UTC))
        assert (await refused(stack, life, command, "twice/2", signature)).type == code


async def test_two_people_at_the_same_instant_both_count_on_different_steps_and_one_on_the_same(
    client: Client, life: NationalLife
) -> None:
    """Each with their own signature in the ledger."""
    handle = client.get_workflow_handle(life.technology)

    async def tell(command: Command) -> Receipt | str:
        try:
            receipt: Receipt = await handle.execute_update("complete_step", command, result_type=Receipt)
        except WorkflowUpdateFailedError as refusal:
            return str(getattr(refusal.cause, "type", refusal))
        return receipt

    both = await asyncio.gather(tell(complete("step-3", AILSA)), tell(complete("step-4", BRUCE)))
    assert all(isinstance(it, Receipt) for it in both)
    one = await asyncio.gather(tell(complete("step-5", AILSA)), tell(complete("step-5", BRUCE)))
    assert sorted(type(it).__name__ for it in one) == ["Receipt", "str"]
    assert "already-closed" in one
    last = max(it.sequence for it in (*both, *one) if isinstance(it, Receipt))
    await life.ledger.until(lambda ledger: len(ledger.events(life.technology)) >= last, PATIENCE)
    done = {
        event.data["step"]: (event.actor, event.data["proof"])
        for event in life.ledger.events(life.technology)
        if event.type == "step-completed" and event.data["step"] in {"step-3", "step-4", "step-5"}
    }
    assert (done["step-3"][0], done["step-4"][0]) == (AILSA.name, BRUCE.name)
    for name, signature in done.values():
        said = jws.take_apart(signature, TYP)
        assert said
        assert Decision.model_validate(said.claims).sub == name


# --- changes of the directory -------------------------------------------------------------------------------


def reissue(stack: Stack, change: Any) -> None:
    """Have the stack's root sign another issue of its directory."""
    root = keyring_of(stack).root
    path = stack.settings.home / FOLDER / DIRECTORY
    before: Directory = DirectoryFile(path, root.public).current()
    write_issue(path, change(before, datetime.now(UTC)), root)


async def test_a_revoked_key_signs_nothing_more_and_what_it_signed_replays_clean(
    stack: Stack, client: Client, life: NationalLife
) -> None:
    """No worker is restarted for the one, and none verifies again for the other."""
    command = complete("step-6", LEAVER)
    deed = deed_of(life.technology, command, "leaver/1")
    key = keys_of(stack, LEAVER)
    await done(stack, life, command, "leaver/1", sign_deed(deed, key, datetime.now(UTC)))
    reissue(stack, lambda before, now: changes.revoke(before, LEAVER.name, key.id, "Laptop stolen", now))
    command = complete("step-7", LEAVER)
    deed = deed_of(life.technology, command, "leaver/2")
    signature = sign_deed(deed, key, datetime.now(UTC))
    refusal = await refused(stack, life, command, "leaver/2", signature)
    assert refusal.type == "key-revoked"
    assert "(Laptop stolen)" in refusal.message
    history = await client.get_workflow_handle(life.technology).fetch_history()
    await replayer().replay_workflow(history)


async def test_a_deputy_acts_on_a_delegation_while_it_lasts(stack: Stack, life: NationalLife) -> None:
    """And the ledger says on whose behalf."""
    acting = FIFE_TEAM.model_copy(update={"boards": "all", "on_behalf_of": BRUCE.name})
    command = complete("step-8", acting)
    deed = deed_of(life.technology, command, "deputy/1")
    key = keys_of(stack, FIFE_TEAM)
    before = sign_deed(deed, key, datetime.now(UTC))
    assert (await refused(stack, life, command, "deputy/1", before)).type == "no-delegation"

    def lend(directory: Directory, now: datetime) -> Directory:
        lent = Delegation(
            grantor=BRUCE.name,
            deputy=FIFE_TEAM.name,
            role="team",
            boards="all",
            since=now,
            until=now + timedelta(days=1),
            reason="Annual leave",
        )
        return changes.delegate(directory, lent, now)

    reissue(stack, lend)
    receipt = await send(stack, life.technology, command, "deputy/1", sign_deed(deed, key, datetime.now(UTC)))
    await life.ledger.until(lambda ledger: len(ledger.events(life.technology)) >= receipt.sequence, PATIENCE)
