"""The rules of scaling a digital technology, pure: no clock, no randomness, no input or output.

Every aggregate has the same three faces: ``decide(state, command, now)`` answers a command with events or
with a refusal, ``evolve(state, event)`` applies what happened, and questions of the state say what is open,
what is wanted, what is due and why it waits. Workflow code runs these functions, so they must stay
deterministic.
"""
