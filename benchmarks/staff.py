"""The rehearsal's staff without the scene in which a board waits until it is late.

That scene takes as long as the plan's days last, which says nothing about the engine.
"""

from rehearsal import script
from rehearsal.staff import main
from runtime.client import leave

if __name__ == "__main__":
    script.LATE_BOARD = "none"
    leave(main())
