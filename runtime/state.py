"""What a running embedded stack has written about itself, for those who want to find it.

Every read command looks here, so it is quick to import: the standard library alone.
"""

import json
import os
from pathlib import Path
from typing import Any

from runtime.errors import SettingsInvalid

STATE_FILE = "stack.json"


def default_home() -> Path:
    """Return the folder of the embedded services: `CAIRN_HOME`, else `.cairn` in the current directory."""
    return Path(os.environ.get("CAIRN_HOME") or Path.cwd() / ".cairn")


def read_state(home: Path) -> dict[str, Any]:
    """Return the state file of the embedded stack at `home`, empty if there is none.

    Raises:
        SettingsInvalid: The file is there and is not one that the stack wrote.
    """
    path = home / STATE_FILE
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise SettingsInvalid(
            f"The state file {path} cannot be read ({error}): stop Cairn, delete it and run `make up`."
        ) from error
    if not isinstance(state, dict) or not isinstance(state.get("settings", {}), dict):
        raise SettingsInvalid(f"The state file {path} is not Cairn's: delete it and run `make up`.")
    return state
