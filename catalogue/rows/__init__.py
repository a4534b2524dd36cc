"""What the catalogue's questions answer with: plain records, quick to import and easy to write as JSON."""

from typing import Any, Literal

Json = dict[str, Any]

SlotState = Literal["queued", "held"]
"""Whether a rollout holds one of the programme's slots or queues for one."""
