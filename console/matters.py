"""What is said at a gate beside the decision: objections, answers, waivers, and conditions that are met."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from console import output
from console.acting import AsOption, IdentityOption, ReasonOption
from console.command import group
from console.desk import Desk, at_desk
from console.ending import NotDone, suggest
from console.finding import find_matter, find_stream
from console.output import example
from console.words import Place, read_number, read_place, read_slug

if TYPE_CHECKING:
    from catalogue.rows.work import Gate
    from domain.gate_commands import GateCommand

app = group("Object, answer, waive, and meet conditions.")


def _tell(
    place: Place,
    update: str,
    gate: str,
    compose: Callable[[Desk, "Gate"], "GateCommand"],
    said: tuple[str | None, str | None, str],
) -> "Gate":
    """Send a command about a gate that waits, and return that gate as it was before.

    Args:
        place: Where the gate belongs.
        update: The workflow's update.
        gate: The gate's slug, as it was typed.
        compose: Makes the command.
        said: In which role, by which identity, and why.
    """
    acting_as, identity, reason = said

    async def send(desk: Desk) -> "Gate":
        stream = await find_stream(desk.connection, place.technology, place.board)
        found = await find_matter(desk.connection, stream, gate)
        await desk.send(stream, update, compose(desk, found))
        return found

    return at_desk(acting_as, identity, send, reason=reason)


def _argument(metavar: str, help_text: str) -> typer.models.ArgumentInfo:
    found: typer.models.ArgumentInfo = typer.Argument(metavar=f"TECHNOLOGY [BOARD] {metavar}", help=help_text)
    return found


@app.command(
    "object",
    epilog=example(
        'gate object ccbt-perinatal fife go-live --reason "The crisis route is untested" \\',
        "      --as clinical-lead@fife",
    ),
)
def object_(
    words: Annotated[list[str], _argument("GATE", "The gate that should not be passed yet.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Object to passing a gate. Somebody else who has a say has to answer before it is passed."""
    from domain.gate_commands import ObjectToGate

    place, (gate,) = read_place(words, "GATE")
    matter = _tell(
        place,
        "object_to_gate",
        gate,
        lambda desk, found: ObjectToGate(actor=desk.actor, gate=found.gate, reason=reason),
        (acting_as, identity, reason),
    )
    output.write(f"You objected: {matter.title}{place.suffix} is not passed before somebody else answers.")


@app.command(
    epilog=example(
        'gate answer ccbt-perinatal fife go-live 1 --reason "Tested on 20 November, report 7" \\',
        "      --as board-lead@fife",
    )
)
def answer(
    words: Annotated[list[str], _argument("GATE NUMBER", "The gate, and the objection's number.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Answer an objection that somebody else raised. The reason is the answer."""
    from domain.gate_commands import AnswerObjection

    place, (gate, written) = read_place(words, "GATE", "NUMBER")
    number = read_number("an objection", written)
    matter = _tell(
        place,
        "answer_objection",
        gate,
        lambda desk, found: AnswerObjection(
            actor=desk.actor, gate=found.gate, objection=number, reason=reason
        ),
        (acting_as, identity, reason),
    )
    output.write(f"Objection {number} at {matter.title}{place.suffix} is answered.")


@app.command(
    epilog=example(
        'gate waive ccbt-perinatal fife go-live training --until 2027-02-01 --reason "Two are on leave" \\',
        "      --as board-lead@fife",
    )
)
def waive(
    words: Annotated[
        list[str], _argument("GATE CRITERION", "The gate, and what need not be met for a time.")
    ],
    until: Annotated[
        str, typer.Option("--until", metavar="YYYY-MM-DD", help="The day on which the waiver ends.")
    ],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Ask that a criterion be waived for a time. Somebody else has to grant it with `gate grant`."""
    from console.moments import begin_of
    from domain.gate_commands import AskWaiver

    place, (gate, criterion) = read_place(words, "GATE", "CRITERION")
    wanted, ends = read_slug("a criterion", criterion), begin_of("The day on which the waiver ends", until)

    def ask(desk: Desk, found: "Gate") -> AskWaiver:
        known = [it["id"] for it in found.criteria]
        if wanted not in known:
            raise NotDone(f'{found.title} has no criterion "{wanted}": {suggest(wanted, known)}'.rstrip(": "))
        return AskWaiver(actor=desk.actor, gate=found.gate, criterion=wanted, reason=reason, until=ends)

    matter = _tell(place, "ask_waiver", gate, ask, (acting_as, identity, reason))
    who = " or ".join(matter.definition["waiving"]["approvers"])
    output.write(f'A waiver of "{wanted}" at {matter.title}{place.suffix} is asked for: {who} can grant it.')


@app.command(
    epilog=example(
        'gate grant ccbt-perinatal fife go-live 1 --reason "Both start in January" --as national-advisor'
    )
)
def grant(
    words: Annotated[list[str], _argument("GATE NUMBER", "The gate, and the waiver's number.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Grant a waiver that somebody else asked for."""
    from domain.gate_commands import GrantWaiver

    place, (gate, written) = read_place(words, "GATE", "NUMBER")
    number = read_number("a waiver", written)
    matter = _tell(
        place,
        "grant_waiver",
        gate,
        lambda desk, found: GrantWaiver(actor=desk.actor, gate=found.gate, waiver=number, reason=reason),
        (acting_as, identity, reason),
    )
    output.write(f"Waiver {number} at {matter.title}{place.suffix} is granted.")


@app.command(
    epilog=example(
        'gate meet ccbt-perinatal fife go-live 1 --reason "Both trainers have started, HR list 9" \\',
        "      --as board-lead@fife",
    )
)
def meet(
    words: Annotated[list[str], _argument("GATE NUMBER", "The gate, and the condition's number.")],
    reason: ReasonOption,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Say that a condition is met. The reason says how, and where that can be seen."""
    place, (gate, written) = read_place(words, "GATE", "NUMBER")
    number, slug = read_number("a condition", written), read_slug("a gate", gate)

    async def send(desk: Desk) -> None:
        from domain.gate_commands import MeetCondition

        stream = await find_stream(desk.connection, place.technology, place.board)
        command = MeetCondition(actor=desk.actor, gate=slug, condition=number, reason=reason)
        await desk.send(stream, "meet_condition", command)

    at_desk(acting_as, identity, send, reason=reason)
    output.write(f'Condition {number} at gate "{slug}"{place.suffix} is met.')
