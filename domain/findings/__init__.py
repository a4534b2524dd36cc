"""What can be found: the evidence for a decision as numbers with their published definitions.

Everything here is an aggregate. No finding passes or fails anything: it gives readings, and whoever decides
says beforehand which of them count. Findings are stored for years: what one release accepted, every later one
must read, so a new rule about them belongs into ``read_finding`` and never into the types.
"""

from domain.findings.contract import Contract, Money
from domain.findings.document import Attestation, Document
from domain.findings.finding import Finding, read_finding, readings, texts
from domain.findings.measure import Measure
from domain.findings.nasss import Assessed, Complexity, Nasss
from domain.findings.nomad import Nomad, NomadItem
from domain.findings.outcomes import Outcomes
from domain.findings.reach import Reach
from domain.findings.reading import Reading, Readings
from domain.findings.run_chart import Point, RunChart
from domain.findings.runs import Signal, SignalKind, run_limits
from domain.findings.training import RoleTraining, Training

__all__ = [
    "Assessed",
    "Attestation",
    "Complexity",
    "Contract",
    "Document",
    "Finding",
    "Measure",
    "Money",
    "Nasss",
    "Nomad",
    "NomadItem",
    "Outcomes",
    "Point",
    "Reach",
    "Reading",
    "Readings",
    "RoleTraining",
    "RunChart",
    "Signal",
    "SignalKind",
    "Training",
    "read_finding",
    "readings",
    "run_limits",
    "texts",
]
