"""Who has a say at a gate: what each of them said, whether it still counts, and who has to agree still."""

from collections import Counter
from typing import TYPE_CHECKING

from console import output
from console.output import Cell, Styled, minute

if TYPE_CHECKING:
    from catalogue.rows.decisions import Vote
    from catalogue.rows.work import Gate

PROCEED = "proceed"


def counts(vote: "Vote", gate: "Gate", basis: str) -> bool:
    """Whether a vote still counts: one to proceed falls when the evidence has changed since."""
    proceeds = vote.outcome is not None and gate.outcomes.get(vote.outcome) == PROCEED
    return not proceeds or vote.basis == basis


def unheard(gate: "Gate") -> list[str]:
    """The roles that have a say and have said nothing yet."""
    heard = {vote.role for vote in gate.votes}
    return [role for role in gate.roles if role not in heard]


def still_to_agree(gate: "Gate", basis: str) -> str:
    """Who has to agree before a gate is decided, in words."""
    counted = [vote for vote in gate.votes if counts(vote, gate, basis)]
    wanted = Counter(vote.outcome for vote in counted if vote.outcome is not None)
    heard = {vote.role for vote in counted}
    required = {seat["role"] for seat in gate.seats if seat["required"]}
    left = [f"{role} (required)" if role in required else role for role in gate.roles if role not in heard]
    agreed = [f'{number} of {gate.quorum} agree on "{outcome}"' for outcome, number in wanted.most_common()]
    so_far = " and ".join(agreed) or "nobody has agreed yet"
    if not left:
        return f"{so_far}; everybody was heard, so one of them has to change what they said"
    return f"{so_far}; still to be heard: {', '.join(left)}"


def draw_seats(gate: "Gate", basis: str) -> None:
    """Who has a say, who said what, and who may still say something."""
    votes = {vote.role: vote for vote in gate.votes}
    seats = {seat["role"]: seat for seat in gate.seats}
    output.heading(f"Who has a say: {still_to_agree(gate, basis)}")
    output.print_table(
        ("~Seat", "~Said"),
        [
            (
                (Styled(role, "bold"), *(Styled(word, "dim") for word in _traits(seats.get(role)))),
                _said(votes.get(role), gate, basis),
            )
            for role in gate.roles
        ],
        empty="",
    )


def _traits(seat: "dict[str, object] | None") -> list[str]:
    if seat is None:
        return ["may decide alone, since it escalated"]
    words = {"required": "nothing is decided without it", "independent": "nobody who acts for the board"}
    return [said for trait, said in words.items() if seat[trait]]


def _said(vote: "Vote | None", gate: "Gate", basis: str) -> Cell:
    if vote is None:
        return Styled("nothing yet", "yellow")
    fallen = (
        ()
        if counts(vote, gate, basis)
        else (Styled("given on other evidence, so it no longer counts: say it again", "bold red"),)
    )
    return (
        Styled(vote.outcome or "abstains", "bold"),
        Styled(f"{minute(vote.at)} by {output.whose(vote.people)}: {vote.reason}", "dim"),
        *fallen,
        *(f"{criterion}: {why}" for criterion, why in vote.accepts.items()),
        *(f"on condition: {it['text']} ({it['owner']})" for it in vote.terms),
    )
