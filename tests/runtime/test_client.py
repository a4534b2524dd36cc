import socket
import time
from datetime import timedelta
from pathlib import Path

import pytest

from runtime.client import connect, connect_config
from runtime.errors import ServerUnreachable, SettingsInvalid
from runtime.ports import choose
from runtime.settings import Settings


def test_temporals_own_configuration_wins_over_the_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person who configured a cluster gets the cluster."""
    settings = Settings(temporal_address="127.0.0.1:1")
    assert connect_config(settings)["target_host"] == "127.0.0.1:1"
    monkeypatch.setenv("TEMPORAL_ADDRESS", "cluster:7233")
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "mental-health")
    assert connect_config(settings)["target_host"] == "cluster:7233"
    assert connect_config(settings)["namespace"] == "mental-health"


def test_a_profile_of_temporals_configuration_file_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CAIRN_TEMPORAL_PROFILE chooses among them."""
    file = tmp_path / "temporal.toml"
    file.write_text('[profile.cloud]\naddress = "cloud:7233"\nnamespace = "dmh"\napi_key = "k"\n')
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    config = connect_config(Settings(temporal_profile="cloud"))
    assert (config["target_host"], config["namespace"], config["tls"]) == ("cloud:7233", "dmh", True)


def test_an_embedded_stack_never_speaks_to_a_configured_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the stack sets up, it sets up on its own server."""
    monkeypatch.setenv("TEMPORAL_ADDRESS", "cluster:7233")
    pinned = Settings(temporal_address="127.0.0.1:1", temporal_pinned=True)
    assert connect_config(pinned)["target_host"] == "127.0.0.1:1"


def test_a_broken_configuration_file_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what to correct."""
    file = tmp_path / "temporal.toml"
    file.write_text("[profile")
    monkeypatch.setenv("TEMPORAL_CONFIG_FILE", str(file))
    with pytest.raises(SettingsInvalid, match="TEMPORAL_CONFIG_FILE"):
        connect_config(Settings())


async def test_a_server_that_is_not_there_is_one_sentence_at_once() -> None:
    """It says where, and what to do."""
    port = choose(0)
    began = time.monotonic()
    with pytest.raises(ServerUnreachable) as caught:
        await connect(Settings(temporal_address=f"127.0.0.1:{port}"))
    assert time.monotonic() - began < 3.5
    assert str(caught.value) == (
        f"The Temporal server at 127.0.0.1:{port} does not answer (connection refused): "
        "run `make up` for the embedded one, or point TEMPORAL_ADDRESS at yours."
    )


async def test_a_server_that_says_nothing_is_given_up() -> None:
    """A firewall that swallows packets costs seconds, not minutes."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ServerUnreachable, match="does not answer"):
            await connect(Settings(temporal_address=address), patience=timedelta(milliseconds=200))
