"""The questions that people and programs ask of the catalogue, each one a function of a connection.

Open the connection with ``catalogue.database.connect``; the answers are the records of ``catalogue.rows``.
Nothing is imported here, so that a command pays for those questions alone that it asks. What judging a gate
takes is asked with ``catalogue.queries.case``, how long steps took with ``catalogue.queries.durations``;
these need the rules, which take longer to import than most questions take.
"""
