"""Options that commands of several groups take."""

from pathlib import Path
from typing import Annotated

import typer

TechnologyFilter = Annotated[str | None, typer.Option("--technology", help="Only of this technology.")]
BoardFilter = Annotated[str | None, typer.Option("--board", help="Only at this board.")]

StatementOption = Annotated[
    str, typer.Option("--statement", help="What was found, in one or two sentences: aggregates only.")
]
SourceOption = Annotated[
    str, typer.Option("--source", help="Where it can be checked: a document, a report, a register.")
]
DatedOption = Annotated[
    str, typer.Option("--dated", metavar="YYYY-MM-DD", help="The day of the finding, not of its entry.")
]
ExpiresOption = Annotated[
    str | None, typer.Option("--expires", metavar="YYYY-MM-DD", help="The last day on which it holds.")
]
FindingOption = Annotated[
    Path | None,
    typer.Option(
        "--finding",
        metavar="FILE",
        help="A YAML or JSON file with its figures or its reference; `task show` prints a template.",
    ),
]
