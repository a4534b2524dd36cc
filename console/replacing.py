"""Replacing a technology by another, board by board, so that no board is without service."""

from typing import TYPE_CHECKING, Annotated

import typer

from console import output, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.ending import NotDone
from console.fates import Fate
from console.finding import find_technology
from console.output import OutputOption, example
from console.turning import Asked, Change, PreviewOption, Scene, WhyOption, turn

if TYPE_CHECKING:
    from catalogue.rows.journeys import Rollout, Technology

app = group("Replace a technology by another.")

LIVE = ("handover", "business-as-usual")
"""The stages in which people are served."""


@app.command(
    epilog=example(
        "technology replace ccbt-old --by ccbt-perinatal --preview",
        'technology replace ccbt-old --by ccbt-perinatal --reason "The contract ends" --as national-advisor',
    )
)
def replace(
    technology: Annotated[
        str, typer.Argument(metavar="TECHNOLOGY", help="The technology whose place is taken.")
    ],
    by: Annotated[str, typer.Option("--by", metavar="TECHNOLOGY", help="The technology that takes it.")],
    reason: WhyOption = None,
    preview: PreviewOption = False,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Replace a technology by another whose proposal names it. Each board keeps it until the other is live.

    A board at which it is live keeps it until the successor is business as usual there; one at which it is
    not live yet gives up at once. The technology ends when it has ended at every board.
    """

    async def make(scene: Scene) -> Change:
        from domain.names import technology_id
        from domain.succession import ReplaceTechnology

        return Change(
            technology_id(technology),
            "replace_technology",
            ReplaceTechnology(actor=scene.actor, by=by, reason=scene.reason),
            f"{by} takes the place of {technology} from now on, board by board.",
            await foresee(scene.connection, technology, by),
        )

    turn(make, technology, Asked(reason, preview, acting_as, identity, form))


async def foresee(connection: reading.Connection, technology: str, by: str) -> tuple[Fate, ...]:
    """What becomes of each board if one technology is replaced by another.

    Raises:
        NotDone: One of them is not there, or the other was not proposed to take this one's place.
    """
    from catalogue.queries.rollouts import list_rollouts

    old, new = await find_technology(connection, technology), await find_technology(connection, by)
    _check_pair(old, new)
    theirs = {it.board: it for it in await list_rollouts(connection, technology=new.slug)}
    return tuple(
        _fate(it, theirs.get(it.board)) for it in await list_rollouts(connection, technology=old.slug)
    )


def _check_pair(old: "Technology", new: "Technology") -> None:
    if new.replaces != old.slug:
        said = f"names {new.replaces}" if new.replaces else "names none"
        raise NotDone(
            f"{new.slug} was not proposed to take the place of {old.slug} (its proposal {said}): propose the "
            f'successor with "replaces: {old.slug}".'
        )


def _fate(it: "Rollout", successor: "Rollout | None") -> Fate:
    stands = "takes no part" if successor is None else "stopped" if successor.stopped else successor.stage
    if it.stopped:
        then = "has ended already"
    elif it.stage not in LIVE:
        then = "ends at once: nobody is served there"
    elif stands == "business-as-usual":
        then = "ends at once: the successor is there"
    elif successor is None or successor.stopped:
        then = "stays live, and the successor has no plan for it"
    else:
        then = "stays live until the successor is business as usual there"
    return Fate(board=it.board, now="stopped" if it.stopped else it.stage, successor=stands, then=then)
