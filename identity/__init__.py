"""Who may act, and how an actor proves it: keys, the directory of people, signatures over decisions.

It knows the domain alone. `runtime` joins it to Temporal: a client signs, a worker verifies, a workflow
carries the signature along and never verifies it again.
"""
