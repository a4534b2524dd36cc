import importlib.util
import tomllib
from typing import Any

import pytest
from ruamel.yaml import YAML

from runtime.codec_server import PORT
from runtime.settings import CODE


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    """Return the services of the reference deployment."""
    compose = YAML(typ="safe").load((CODE / "docker-compose.yml").read_text())
    return dict(compose["services"])


def test_what_a_service_waits_for_can_come_about(services: dict[str, dict[str, Any]]) -> None:
    """Health is awaited only where it is checked, and completion only of what completes."""
    for service in services.values():
        for name, wanted in service.get("depends_on", {}).items():
            if wanted["condition"] == "service_healthy":
                assert "healthcheck" in services[name]
            elif wanted["condition"] == "service_started":
                assert services[name]["restart"] == "unless-stopped"
            else:
                assert wanted["condition"] == "service_completed_successfully"
                assert services[name]["restart"].startswith("on-failure")


def test_every_image_is_of_a_settled_version(services: dict[str, dict[str, Any]]) -> None:
    """The same file gives the same deployment next year."""
    for service in services.values():
        _, _, tag = service["image"].partition(":")
        assert tag
        assert "latest" not in tag


def test_every_command_names_what_exists(services: dict[str, dict[str, Any]]) -> None:
    """A renamed program or module cannot leave the deployment behind."""
    commands = [service["command"] for service in services.values() if "command" in service]
    commands += [it["healthcheck"]["test"][1:] for it in services.values() if "healthcheck" in it]
    ours = [command for command in commands if command[0] == "python"]
    assert len(ours) == 7
    for _, first, *rest in ours:
        if first == "-m":
            assert importlib.util.find_spec(rest[0])
        else:
            assert (CODE / first).exists()


def test_whoever_writes_payloads_encrypts_them_and_has_its_keys_first(
    services: dict[str, dict[str, Any]],
) -> None:
    """The server and its UI do not see the keys; the UI asks the endpoint that has them."""
    for name, service in services.items():
        ours = service["image"].startswith("cairn:")
        assert ("keys:/keys" in service.get("volumes", [])) == ours
        assert ("CAIRN_ENCRYPTION_KEYS" in service.get("environment", {})) == ours
        if ours and name not in {"keys", "migrate", "load"}:
            assert service["depends_on"]["keys"]["condition"] == "service_completed_successfully"
    assert "worker" in services["load"]["depends_on"]
    ui, codec = services["temporal-ui"]["environment"], services["codec-server"]
    assert ui["TEMPORAL_CODEC_PASS_ACCESS_TOKEN"] == "true"
    assert ui["TEMPORAL_CODEC_ENDPOINT"].endswith(":-http://localhost:8234}")
    assert codec["environment"]["CAIRN_CODEC_TOKEN_FILE"].startswith("/keys/")
    assert codec["ports"] == [f"127.0.0.1:{PORT}:{PORT}"]


def test_nothing_is_offered_to_other_machines(services: dict[str, dict[str, Any]]) -> None:
    """Temporal's development defaults ask nobody who they are."""
    for service in services.values():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_the_image_holds_all_that_the_package_holds() -> None:
    """A new package is not forgotten in the image."""
    project = tomllib.loads((CODE / "pyproject.toml").read_text())
    dockerfile = (CODE / "Dockerfile").read_text()
    copied = {
        name.rstrip("./")
        for line in dockerfile.splitlines()
        if line.startswith("COPY ")
        for name in line.split()[1:-1]
    }
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["only-include"]) <= copied


def test_the_lock_names_no_place_to_download_from() -> None:
    """Whoever installs chooses the index; the hashes say whether it served the right thing."""
    lock = (CODE / "requirements.lock").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    pinned = [line for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    assert len(pinned) > 30
    assert all(line.endswith("\\") for line in pinned)
