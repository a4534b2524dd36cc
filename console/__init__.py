"""The groups of commands behind `starter.py`, one module each, and what they share.

Nothing is imported here, and a command imports what it needs when it runs, so that reading stays quick.
"""
