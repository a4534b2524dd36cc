"""The search attributes that let a saved link in the Temporal UI answer "what is waiting on Fife?".

They stand here, and not with the code that registers them, because workflows may not import `runtime`.
"""

from datetime import datetime
from typing import Any

from temporalio.common import SearchAttributeKey

TECHNOLOGY = SearchAttributeKey.for_keyword("CairnTechnology")
BOARD = SearchAttributeKey.for_keyword("CairnBoard")
STAGE = SearchAttributeKey.for_keyword("CairnStage")
HALTED = SearchAttributeKey.for_bool("CairnHalted")
RAG = SearchAttributeKey.for_keyword("CairnRag")
WAVE = SearchAttributeKey.for_keyword("CairnWave")
WAITING_ON = SearchAttributeKey.for_keyword_list("CairnWaitingOn")
NEXT_DUE: SearchAttributeKey[datetime] = SearchAttributeKey.for_datetime("CairnNextDue")

RESTLESS: tuple[SearchAttributeKey[Any], ...] = (WAITING_ON, NEXT_DUE)
"""The attributes that can change with every sign-off; the others turn a few times in a life."""

ALL: tuple[SearchAttributeKey[Any], ...] = (
    TECHNOLOGY,
    BOARD,
    STAGE,
    HALTED,
    RAG,
    WAVE,
    WAITING_ON,
    NEXT_DUE,
)
