"""The service catalogue: loading it, reading it, and the coverage of boards by services."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from console import output, readers, reading
from console.acting import AsOption, IdentityOption
from console.command import group
from console.ending import NotDone, suggest
from console.finding import find_board
from console.output import OutputOption, Styled, counted, day, example

if TYPE_CHECKING:
    from catalogue.rows.entities import CoverageCell, Entity, EntityCard

app = group("Load and read the catalogue; see who has what.")

UNASKED = ("board", "role", "barrier", "strategy", "policy")
"""The kinds of entries that are listed only where they are asked for."""

GROUPS = ("category", "region", "level", "framework")
"""By which of its fields an entry is grouped, the first that it has."""
app.add_typer(readers.app, name="readers")


@app.command(epilog=example("catalogue load", "catalogue load programme/scotland"))
def load(
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The programme's folder; Scotland's unless given.")
    ] = None,
    acting_as: AsOption = None,
    identity: IdentityOption = None,
) -> None:
    """Register a programme's catalogue and open its office. Loading it again changes nothing.

    Unless you say otherwise you act in the first of the roles that steer the programme.
    """
    from console import loading

    for line in asyncio.run(loading.load(directory, acting_as, identity)):
        output.write(line)


@app.command("list", epilog=example("catalogue list", "catalogue list --kind board"))
def list_(
    kind: Annotated[
        str | None,
        typer.Option(help="Only service, infrastructure, resource, board, role, barrier or strategy."),
    ] = None,
    category: Annotated[
        str | None, typer.Option(help="Only of this category, such as digital-therapy.")
    ] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """List the entries of the catalogue. Boards, roles and barriers are listed where --kind asks for them."""

    async def look(connection: reading.Connection) -> "tuple[Entity, ...]":
        from catalogue.queries.entities import list_entities

        found = await list_entities(connection, kind=kind, category=category)
        if not found and (kind or category):
            everything = await list_entities(connection)
            _refuse_unknown("kind", kind, {it.kind for it in everything})
            _refuse_unknown(
                "category", category, {str(it.data.get("category")) for it in everything} - {"None"}
            )
        return tuple(it for it in found if kind or it.kind not in UNASKED)

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    output.print_table(
        ("~Entry", "Kind", "Status", "Group"),
        [
            (
                (Styled(it.id, "bold"), it.name),
                it.kind,
                it.status,
                str(next((it.data[key] for key in GROUPS if it.data.get(key)), "")),
            )
            for it in found
        ],
        empty="The catalogue is empty: run `python starter.py catalogue load`.",
    )


def _refuse_unknown(what: str, word: str | None, known: set[str]) -> None:
    if word is not None and known and word not in known:
        raise NotDone(
            f'There is no {what} "{word}": {suggest(word, known) or "choose from " + ", ".join(known)}'
        )


@app.command(epilog=example("catalogue show ccbt-perinatal", "catalogue show fife"))
def show(
    entry: Annotated[str, typer.Argument(metavar="ID", help="The entry's slug.")],
    kind: Annotated[str | None, typer.Option(help="Its kind, where two entries share a slug.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show one entry, its figures with their sources."""

    async def look(connection: reading.Connection) -> "EntityCard":
        from catalogue.queries.entities import list_entities, show_entity

        if card := await show_entity(connection, entry, kind=kind):
            return card
        known = {it.id for it in await list_entities(connection)}
        if not known:
            raise NotDone("The catalogue is empty: run `python starter.py catalogue load`.")
        hint = suggest(entry, known) or "see `python starter.py catalogue list`."
        raise NotDone(f'The catalogue has no entry "{entry}": {hint}')

    card = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(card)
        return
    _draw(card)


def _draw(card: "EntityCard") -> None:
    it, data = card.entity, card.entity.data
    output.heading(f"{it.name} ({it.id})")
    output.print_facts(
        (
            ("Kind", f"{it.kind}, {it.status}"),
            ("Summary", str(data.get("summary") or "")),
            ("For", str(data.get("audience") or "")),
            ("Access", ", ".join(data.get("access") or ())),
            ("Owner", str(data.get("owner") or "")),
            ("Region", str(data.get("region") or "")),
            ("Coverage", _coverage_words(data.get("coverage"))),
            (
                "Depends on",
                ", ".join(f"{on['entity']} ({on['kind']})" for on in data.get("depends_on") or ()),
            ),
            ("Needed by", ", ".join(f"{name} ({how})" for name, how in card.dependants)),
            ("Technologies", ", ".join(card.technologies)),
            ("Since", day(it.since)),
        )
    )
    for title, key in (("Figures", "figures"), ("Facts", "facts"), ("Contracts", "contracts")):
        if data.get(key):
            output.heading(title)
            output.print_table(("~What and from where",), [(_sourced(item),) for item in data[key]], empty="")


def _coverage_words(stated: dict[str, Any] | None) -> str:
    if not stated:
        return ""
    boards = f" ({', '.join(stated['boards'])})" if stated.get("boards") else ""
    return f"{stated['extent']}{boards}, {stated['source']}, {stated['date']}"


def _contract_words(item: dict[str, Any]) -> str:
    """A contract with the days that somebody has to keep in mind, as precisely as they are known."""
    from datetime import UTC, datetime

    from domain.procurement import Contract

    contract, today = Contract.model_validate(item), datetime.now(UTC).date()
    worth = contract.value
    told = (
        f"{contract.title}, awarded {contract.awarded}, {contract.term_months} months",
        "" if worth is None else f"{'over ' if worth.lower_bound else ''}£{worth.amount:,}",
        f"ends {contract.ends}" if contract.ends else "",
        f"may be extended until {contract.extended_until}" if contract.extension_months else "",
        f"next break {it}" if (it := contract.next_break(today)) else "",
        f"notice by {it}" if (it := contract.notice_date(today)) else "",
    )
    return ", ".join(words for words in told if words)


def _sourced(item: dict[str, Any]) -> tuple[str | Styled, ...]:
    if "measure" in item:
        more = "over " if item.get("lower_bound") else ""
        period = f" a {item['period']}" if item.get("period") in {"week", "month", "year"} else ""
        what = f"{item['measure']}: {more}{item['value']:,} {item['unit']}{period}"
    elif "awarded" in item:
        what = _contract_words(item)
    else:
        what = item["text"]
    return what, Styled(f"{item['source']}, {item.get('date') or item.get('awarded')}", "dim")


@app.command(
    epilog=example("catalogue coverage", "catalogue coverage --board fife", "catalogue coverage -o json")
)
def coverage(
    service: Annotated[str | None, typer.Option(help="Only this service.")] = None,
    board: Annotated[str | None, typer.Option(help="Only this board.")] = None,
    form: OutputOption = output.Format.TABLE,
) -> None:
    """Show which board has which service. Those under way show how far they have come."""

    async def look(connection: reading.Connection) -> "tuple[CoverageCell, ...]":
        from catalogue.queries.coverage import coverage as cover

        if board:
            await find_board(connection, board)
        found = await cover(connection, service=service, board=board)
        if service and not found:
            known = {cell.service for cell in await cover(connection)}
            raise NotDone(f'There is no service "{service}": {suggest(service, known)}')
        return found

    found = reading.ask(look)
    if form is output.Format.JSON:
        output.write_json(found)
        return
    from console.matrix import draw

    draw(found)


@app.command(epilog=example("catalogue rebuild"))
def rebuild() -> None:
    """Fold the whole ledger into the catalogue again. Until it is done, readers see what was."""
    from catalogue.rebuild import rebuild as fold_again
    from runtime.settings import Settings

    events = asyncio.run(fold_again(Settings().database_url))
    output.write(f"The catalogue is rebuilt from {counted(events, 'event')}.")


@app.command(epilog=example("catalogue migrate"))
def migrate() -> None:
    """Bring the database to this release. What was applied before is left alone."""
    from catalogue.schema import migrate as apply
    from runtime.settings import Settings

    applied = asyncio.run(apply(Settings().database_admin_url))
    output.write(f"Applied {', '.join(applied)}." if applied else "Nothing to do: the database is current.")
