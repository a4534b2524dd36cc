"""What a manager sees in the Temporal UI, in a real browser: a board's rollouts, and what one waits for."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
import pytest_asyncio
from aiohttp.test_utils import TestServer
from playwright.async_api import BrowserContext, Page, Route, ViewportSize, async_playwright, expect
from temporalio.client import Client

from runtime.codec_server import build
from runtime.codec_token import make_token, read_token
from runtime.settings import Settings
from runtime.stack import Stack
from tests.endtoend.national_life import ASSESSMENT, PATIENCE, Cue, NationalLife, a_life, complete

CHROMIUM = shutil.which("chromium")

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.skipif(CHROMIUM is None, reason="no browser: there is no program named chromium on the PATH"),
]

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
WIDE = ViewportSize(width=1600, height=1200)
LOADS_WITHIN = 20_000
"""Milliseconds."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserContext]:
    """Return a browser that nobody has used before."""
    profile = tmp_path_factory.mktemp("profile")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            str(profile), executable_path=CHROMIUM, args=list(QUIET), viewport=WIDE
        )
        context.set_default_timeout(LOADS_WITHIN)
        expect.set_options(timeout=LOADS_WITHIN)
        yield context
        await context.close()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def piloting(stack: Stack, client: Client) -> AsyncIterator[NationalLife]:
    """Return a life in test and learn: two pilots, one of them half-way through its proof of concept."""
    async with a_life(stack, client, "piloting") as life:
        await life.begin()
        for number, (update, command) in enumerate(ASSESSMENT):
            await life.tell(life.technology, update, command, f"act/{number}")
        opened = [Cue(life.rollout(board), "step-opened") for board in ("fife", "tayside")]
        await life.ledger.until(lambda ledger: all(cue.given(ledger) for cue in opened), PATIENCE)
        await life.tell(life.rollout("fife"), *complete("proof", "set-up"), "act/0")
        yield life


def workflows_url(stack: Stack, query: str) -> str:
    """The list of workflows, filtered."""
    return f"{stack.settings.ui_url}/namespaces/default/workflows?query={quote(query, safe='')}"


async def listed(page: Page) -> list[str]:
    """The ids of the workflows that the list shows."""
    links = page.locator("table tbody tr a[href*='/workflows/']")
    await expect(links.first).to_be_visible()
    texts = [text.strip() for text in await links.all_inner_texts()]
    return sorted({text for text in texts if text.count("/")})


async def shoot(page: Page, folder: Path, name: str) -> None:
    """Keep what the page looks like, for whoever wonders why a test failed."""
    await page.screenshot(path=folder / f"{name}.png", full_page=True)


async def test_a_boards_link_lists_its_rollouts_and_no_others(
    stack: Stack, browser: BrowserContext, piloting: NationalLife, tmp_path: Path
) -> None:
    """The link that the catalogue gives for a board becomes the list's filter."""
    page = await browser.new_page()
    await page.goto(workflows_url(stack, 'CairnBoard="fife"'))
    shown = await listed(page)
    await shoot(page, tmp_path, "board")
    assert piloting.rollout("fife") in shown
    assert all(workflow.startswith("rollout/") and workflow.endswith("/fife") for workflow in shown), shown


async def test_a_list_can_be_narrowed_to_what_waits_on_a_role(
    stack: Stack, browser: BrowserContext, piloting: NationalLife, tmp_path: Path
) -> None:
    """Search attributes combine: this technology, waiting on its teams."""
    page = await browser.new_page()
    await page.goto(
        workflows_url(
            stack, f'CairnTechnology="{piloting.slug}" AND CairnWaitingOn="team" AND CairnRag="On Track"'
        )
    )
    shown = await listed(page)
    await shoot(page, tmp_path, "waiting")
    assert shown == [
        piloting.rollout("fife"),
        piloting.rollout("tayside"),
        f"workstream/{piloting.slug}/adoption",
    ]


async def test_a_rollouts_page_says_where_it_stands_and_what_it_waits_for(
    stack: Stack, browser: BrowserContext, piloting: NationalLife, tmp_path: Path
) -> None:
    """In words, with the role that has to act, and as headings and lists rather than as Markdown's signs."""
    stream = piloting.rollout("fife")
    run = (await piloting.client.get_workflow_handle(stream).describe()).run_id
    page = await browser.new_page()
    where = f"{stack.settings.ui_url}/namespaces/default/workflows/{quote(stream, safe='')}/{run}"
    await page.goto(f"{where}/user-metadata")
    details = page.locator("iframe").last.content_frame  # the first one is the summary
    await expect(details.get_by_role("heading", name="Online CBT at fife")).to_be_visible()
    await shoot(page, tmp_path, "details")
    await expect(details.get_by_role("heading", name="What it waits for")).to_be_visible()
    await expect(details.get_by_role("heading", name="Why it waits")).to_be_visible()
    await expect(details.get_by_text("team: Try").first).to_be_visible()
    await expect(details.get_by_text("Proof: 1 of 3 steps done")).to_be_visible()


# --- what is encrypted --------------------------------------------------------------------------------------


async def page_of(stack: Stack, life: NationalLife, stream: str, host: str = "127.0.0.1") -> str:
    """The address of a workflow's page."""
    run = (await life.client.get_workflow_handle(stream).describe()).run_id
    ui = stack.settings.ui_url.replace("127.0.0.1", host)
    return f"{ui}/namespaces/default/workflows/{quote(stream, safe='')}/{run}/timeline"


async def test_a_runs_input_and_summaries_can_be_read(
    stack: Stack, browser: BrowserContext, piloting: NationalLife, tmp_path: Path
) -> None:
    """Although the server cannot read them, and although what a run begins with is compressed."""
    page = await browser.new_page()
    await page.goto(await page_of(stack, piloting, piloting.technology))
    await expect(page.get_by_text('"summary": "Computerised therapy."')).to_be_visible()
    await shoot(page, tmp_path, "input")
    await expect(page.get_by_text("Online CBT at fife").first).to_be_visible()


async def test_a_page_of_another_origin_shows_nothing_that_was_written(
    stack: Stack, browser: BrowserContext, piloting: NationalLife, tmp_path: Path
) -> None:
    """The very same page, under another name of this machine: the endpoint does not know it."""
    page = await browser.new_page()
    await page.goto(await page_of(stack, piloting, piloting.technology, host="localhost"))
    await expect(page.locator("#content").get_by_text("Codec Server could not connect")).to_be_visible()
    await shoot(page, tmp_path, "another-origin")
    await expect(page.get_by_text("decide_gate").locator("visible=true").first).to_be_visible()
    assert "Computerised" not in await page.content()
    assert "Online CBT" not in await page.content()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def guarded(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, str]]:
    """Return the address and the token of an endpoint of the same keys that asks for a token."""
    file = tmp_path_factory.mktemp("token") / "token"
    make_token(file)
    settings = Settings(**stack.settings.model_dump(exclude={"codec_token_file"}), codec_token_file=file)
    async with TestServer(build(settings, same_account=False), host="127.0.0.1") as server:
        yield str(server.make_url("")).rstrip("/"), read_token(file)


@pytest.mark.parametrize("bears_it", [True, False])
async def test_with_a_token_a_page_can_be_read_and_without_it_cannot(
    stack: Stack,
    browser: BrowserContext,
    piloting: NationalLife,
    guarded: tuple[str, str],
    bears_it: bool,
) -> None:
    """As in production, where the UI passes on the token of whoever is signed in."""
    address, token = guarded
    page = await browser.new_page()

    async def send_there(route: Route) -> None:
        headers = {**route.request.headers, **({"authorization": f"Bearer {token}"} if bears_it else {})}
        await route.continue_(url=f"{address}/decode", headers=headers)

    await page.route("**/decode?*", send_there)
    await page.goto(await page_of(stack, piloting, piloting.technology))
    await expect(page.get_by_text("decide_gate").locator("visible=true").first).to_be_visible()
    if bears_it:
        await expect(page.get_by_text('"summary": "Computerised therapy."')).to_be_visible()
    else:
        await expect(page.locator("#content").get_by_text("Codec Server could not connect")).to_be_visible()
        assert "Computerised" not in await page.content()
