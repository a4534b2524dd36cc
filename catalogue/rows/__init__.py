"""What the catalogue's questions answer with: plain records, quick to import and easy to write as JSON."""

from typing import Any

Json = dict[str, Any]
