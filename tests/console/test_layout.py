"""Tables stay readable on a narrow screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from catalogue.rows.entities import CoverageCell
from console import matrix
from console.layout import READABLE, lay_out

COLUMNS = ("When", "Where", "Gate", "Outcome", "~By and why")
WHY = "Two clinics were counted twice, so that what the scale decision rests on does not hold."
BOARDS = (
    "ayrshire-and-arran",
    "borders",
    "dumfries-and-galloway",
    "fife",
    "forth-valley",
    "grampian",
    "greater-glasgow-and-clyde",
    "highland",
    "lanarkshire",
    "lothian",
    "orkney",
    "shetland",
    "tayside",
    "western-isles",
)
ROW = ("25 Nov 2026 16:20", "national", "release-mastermind-2014", "release", WHY)


def drawn(columns: tuple[str, ...], rows: list[tuple[str, ...]], width: int) -> list[str]:
    """The lines of a table on a screen."""
    screen = Console(width=width)
    with screen.capture() as shown:
        screen.print(lay_out(columns, [[Text(cell) for cell in row] for row in rows], "", width))
    return shown.get().splitlines()


def test_on_a_wide_screen_a_text_stands_beside_its_row() -> None:
    """In its own column."""
    lines = drawn(COLUMNS, [ROW], 120)
    row = next(line for line in lines if "national" in line)
    assert "release-mastermind-2014   release   Two clinics" in row


def test_on_a_narrow_screen_a_text_stands_beneath_its_row() -> None:
    """The cells stay whole under their headings, and an empty text takes no line."""
    lines = drawn(COLUMNS, [ROW, (*ROW[:-1], ""), ROW], 80)
    rows = [place for place, line in enumerate(lines) if "release-mastermind-2014   release" in line]
    assert [lines[place].index("national") for place in rows] == [lines[1].index("Where")] * 3
    assert lines[rows[0] + 1].startswith("   Two clinics were counted twice, so that")
    assert rows[2] == rows[1] + 1


@given(
    cells=st.lists(st.text("ab c", min_size=1, max_size=12), min_size=2, max_size=4),
    prose=st.text("words of some length ", max_size=200),
    width=st.integers(min_value=80, max_value=120),
)
def test_nothing_is_cut_and_a_text_has_room_to_be_read(cells: list[str], prose: str, width: int) -> None:
    """Whatever the screen, all that was said is there, and no text is squeezed into a few columns."""
    columns = (*(f"H{place}" for place in range(len(cells))), "~Text")
    lines = drawn(columns, [(*cells, prose)], width)
    said = "".join("".join(lines).split())
    assert all("".join(word.split()) in said for word in (*cells, prose))
    assert len(lines) <= 6 + -(-len(prose) // (READABLE // 2))


@pytest.mark.parametrize("width", [80, 100])
def test_the_signs_of_the_matrix_are_whole(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names give way, for half a sign says nothing."""
    monkeypatch.setenv("COLUMNS", str(width))
    matrix.draw(cell(board) for board in BOARDS)
    row = next(line for line in capsys.readouterr().out.splitlines() if line.startswith("Internet"))
    assert row.split()[-14:] == ["BAU*"] * 14
    assert len(row.rstrip()) <= width


def cell(board: str) -> CoverageCell:
    """What the matrix says of a service at a board."""
    return CoverageCell(
        service="icbt",
        name="Internet-enabled therapy, all conditions",
        board=board,
        status="business-as-usual",
        technology="icbt",
        since=None,
        paused=True,
        halted=False,
        stopped=False,
        extent=None,
        source=None,
        date=None,
        usage=None,
    )
