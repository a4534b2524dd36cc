"""Where everything is: read from the environment, then from the running embedded stack, then from defaults.

Every read command imports this module, so it imports neither Temporal nor a database driver.
"""

import os
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from runtime.errors import SettingsInvalid
from runtime.state import default_home, read_state

CODE = Path(__file__).resolve().parent.parent

ELSEWHERE = {"TEMPORAL_ADDRESS", "TEMPORAL_PROFILE"}
"""What leads to another Temporal server than the one that the state file names."""


class StateFileSource(PydanticBaseSettingsSource):
    """Offers the addresses that a running embedded stack wrote into its state file."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Offer nothing field by field: the file is read whole."""
        del field
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return the settings part of the state file, or nothing if no stack is running."""
        home = Path(self.current_state.get("home") or default_home())
        offered = dict(read_state(home).get("settings", {}))
        if (
            "database_url" in self.current_state
        ):  # another database than the stack's: its owner is another too
            offered.pop("database_admin_url", None)
        if "temporal_address" in self.current_state or ELSEWHERE & set(os.environ):
            offered.pop("encryption_keys", None)  # another server's histories have keys of their own
        if self.current_state.get("oidc_issuer") or self.current_state.get("directory"):
            # Somebody else says who may act.
            offered.pop("directory", None)
            offered.pop("directory_key", None)
        return offered


class Settings(BaseSettings):
    """Everything a Cairn process needs to know about where it runs.

    How Temporal itself is reached (address, namespace, TLS, API key) is Temporal's own configuration,
    `TEMPORAL_ADDRESS`, `TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE` and so on, which `runtime.client` reads;
    what stands here about it is used where that says nothing.
    """

    model_config = SettingsConfigDict(env_prefix="CAIRN_", env_file=None, extra="ignore", frozen=True)

    home: Path = Field(default_factory=default_home)
    """The folder of the embedded services: data, logs and the state file."""
    database_url: str = Field(default="postgresql://cairn@127.0.0.1:5433/cairn", repr=False)
    """PostgreSQL as the application uses it."""
    database_admin_url: str = Field(default="", repr=False)
    """PostgreSQL as migrations use it; `database_url` unless it is set."""
    database_role: Literal["cairn_app", "cairn_national", "cairn_board", "cairn_viewer"] = "cairn_app"
    """The role in which commands read the ledger; whatever writes acts as `cairn_app`."""
    temporal_address: str = "127.0.0.1:7233"
    """The Temporal server where Temporal's own configuration names none."""
    temporal_pinned: bool = False
    """Whether to pass over Temporal's own configuration: an embedded stack speaks to its own server only."""
    temporal_profile: str | None = None
    """The profile of Temporal's configuration file to use, before `TEMPORAL_PROFILE`."""
    task_queue: str = "cairn"
    """The task queue that workers serve."""
    programme: Path = CODE / "programme" / "scotland"
    """The programme as data."""
    ui_url: str = "http://127.0.0.1:8233"
    """The Temporal UI, for links."""
    encryption_keys: Path | None = None
    """The key file with which payloads are encrypted; nothing is encrypted without it."""
    codec_token_file: Path | None = None
    """The file whose token lets its bearer have payloads decrypted by the codec endpoint."""
    directory: Path | None = None
    """The signed directory of those who may act."""
    directory_key: Path | None = None
    """The public key of the root that signs it."""
    oidc_issuer: str = ""
    """The identity provider that says who may act, where no directory does."""
    oidc_audience: str = ""
    """For whom its credentials must have been issued."""
    oidc_jwks: str = ""
    """The address or the file of its public keys."""
    oidc_name_claim: str = "sub"
    """The claim of a credential that names the person."""
    oidc_roles_claim: str = "roles"
    """The claim that lists the roles."""
    oidc_boards_claim: str = "boards"
    """The claim that lists the boards, or says `all`."""

    notices: Path | None = None
    """The address book of notices: where each role is to be reached. Without one, nothing is sent."""
    notices_from: str = ""
    """The address from which notices are mailed."""
    smtp_url: str = Field(default="", repr=False)
    """The mail server, as `smtp://USER@HOST:PORT`."""
    smtp_password_file: Path | None = Field(default=None, repr=False)
    """The file that holds the password of its user."""
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    """How the way to it is secured; without a secured way it gets no password."""
    smtp_authorities: Path | None = None
    """The certificates to trust on the way to it, where they are not the system's."""
    webhook_secret_file: Path | None = Field(default=None, repr=False)
    """The file that holds the secret with which webhooks are signed."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise SettingsInvalid(_sentence(error)) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read arguments, then the environment, then the running stack; never a `.env`."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, StateFileSource(settings_cls)

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values.get("database_url") and not values.get("database_admin_url"):
            return {**values, "database_admin_url": values["database_url"]}
        return values

    def environment(self) -> dict[str, str]:
        """Return the environment variables that give a child process these same settings."""
        values = self.model_dump(mode="json", exclude_none=True)
        return {f"CAIRN_{name.upper()}": str(value) for name, value in values.items()}


def _sentence(error: ValidationError) -> str:
    first = error.errors(include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"])
    return f"The setting CAIRN_{name.upper()} is not usable ({first['msg']}): correct or unset it."
