"""What Cairn runs on: settings, the Temporal client, the worker, and the services embedded for one machine.

Nothing is imported here, so that a command which only reads its settings pays for nothing else.
"""
