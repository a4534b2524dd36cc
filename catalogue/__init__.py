"""The catalogue: the ledger of everything that happened, the tables that follow from it, and its questions.

Nothing is imported here, so that a command which only reads pays for nothing else.
"""
