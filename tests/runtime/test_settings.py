import json
import subprocess
import sys
from pathlib import Path

import pytest

from runtime.errors import SettingsInvalid
from runtime.settings import CODE, Settings

STACK = {
    "database_url": "postgresql://cairn:secret@127.0.0.1:6001/cairn",
    "database_admin_url": "postgresql://owner:secret@127.0.0.1:6001/cairn",
    "temporal_address": "127.0.0.1:6002",
    "ui_url": "http://127.0.0.1:6003",
}


@pytest.fixture
def running(tmp_path: Path) -> Path:
    """Return the home of a stack that says it runs."""
    folder = tmp_path / ".cairn"
    folder.mkdir()
    (folder / "stack.json").write_text(json.dumps({"settings": STACK}))
    return folder


def test_without_anything_the_defaults_of_the_embedded_stack_hold(tmp_path: Path) -> None:
    """A first run needs no configuration."""
    settings = Settings()
    assert settings.home == tmp_path / ".cairn"
    assert settings.temporal_address == "127.0.0.1:7233"
    assert settings.task_queue == "cairn"
    assert settings.programme == CODE / "programme" / "scotland"


def test_a_running_stack_wins_over_the_defaults(running: Path) -> None:
    """Commands find the stack of the current directory by themselves."""
    settings = Settings()
    assert settings.home == running
    assert {name: getattr(settings, name) for name in STACK} == STACK


def test_the_environment_wins_over_a_running_stack(running: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who names a database means it."""
    assert running.exists()
    monkeypatch.setenv("CAIRN_TASK_QUEUE", "mine")
    monkeypatch.setenv("CAIRN_UI_URL", "http://ui")
    assert (Settings().task_queue, Settings().ui_url) == ("mine", "http://ui")
    assert Settings().temporal_address == STACK["temporal_address"]


def test_an_argument_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that knows better is believed."""
    monkeypatch.setenv("CAIRN_TASK_QUEUE", "mine")
    assert Settings(task_queue="theirs").task_queue == "theirs"


def test_the_home_can_be_elsewhere(running: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """CAIRN_HOME names the stack to use."""
    monkeypatch.chdir("/")
    monkeypatch.setenv("CAIRN_HOME", str(running))
    assert Settings().ui_url == STACK["ui_url"]


def test_another_database_is_never_migrated_as_the_embedded_one(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The owner's address follows the application's unless both are given."""
    assert running.exists()
    monkeypatch.setenv("CAIRN_DATABASE_URL", "postgresql://elsewhere/cairn")
    assert Settings().database_admin_url == "postgresql://elsewhere/cairn"
    monkeypatch.setenv("CAIRN_DATABASE_ADMIN_URL", "postgresql://owner@elsewhere/cairn")
    assert Settings().database_admin_url == "postgresql://owner@elsewhere/cairn"


@pytest.mark.parametrize("name", ["CAIRN_DIRECTORY", "CAIRN_OIDC_ISSUER"])
def test_whoever_says_who_may_act_is_not_joined_by_the_stacks_directory(
    running: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A directory with another root's key, or beside a provider, would let in nobody or too many."""
    trusting = {**STACK, "directory": "/stack/directory", "directory_key": "/stack/root.pub"}
    (running / "stack.json").write_text(json.dumps({"settings": trusting}))
    assert Settings().directory == Path("/stack/directory")
    monkeypatch.setenv(name, "/elsewhere")
    assert Settings().directory != Path("/stack/directory")
    assert Settings().directory_key is None


def test_a_dotenv_file_is_not_read(tmp_path: Path) -> None:
    """What a folder happens to hold configures nothing."""
    (tmp_path / ".env").write_text("CAIRN_TASK_QUEUE=stray\n")
    assert Settings().task_queue == "cairn"


@pytest.mark.parametrize("content", ["{", "[]", '{"settings": 3}', '{"settings": {"temporal_pinned": "x"}}'])
def test_what_cannot_be_read_is_named_in_one_sentence(running: Path, content: str) -> None:
    """No traceback for a damaged file."""
    (running / "stack.json").write_text(content)
    with pytest.raises(SettingsInvalid, match=r"^The (state file|setting) .*\.$"):
        Settings()


def test_passwords_show_in_no_representation(running: Path) -> None:
    """A log line or traceback that holds the settings gives nothing away."""
    assert running.exists()
    assert "secret" not in repr(Settings())


def test_a_child_process_gets_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stack knows reaches its worker whole."""
    settings = Settings(temporal_pinned=True, **STACK)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_reading_settings_loads_neither_temporal_nor_a_driver() -> None:
    """A read command stays quick."""
    code = "import sys, runtime.settings; print({'temporalio', 'asyncpg', 'psutil'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CODE, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
