"""Whether the signatures under recorded decisions can be checked here, and by what."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalogue.audit import CheckProof, Verdict
    from runtime.settings import Settings


@dataclass(frozen=True)
class ProofCheck:
    """What judges recorded proofs.

    Attributes:
        judge: How; ``None`` where nothing here can.
        missing: Why nothing here can, in words.
    """

    judge: "CheckProof | None"
    missing: str = ""


def find_check(settings: "Settings") -> ProofCheck:
    """What judges recorded proofs by these settings.

    Raises:
        IdentityError: The directory that they name cannot be trusted.
    """
    from console.own import read_directory
    from identity.recorded import RecordedProofs

    directory = read_directory(settings)
    if directory is not None:
        return ProofCheck(RecordedProofs(directory).find_fault)
    if settings.oidc_issuer:
        return ProofCheck(
            None, f"{settings.oidc_issuer} vouches for people's keys, and the ledger does not keep with which"
        )
    return ProofCheck(None, "CAIRN_DIRECTORY and CAIRN_DIRECTORY_KEY are not set here")


def proofs_in_words(verdict: "Verdict", check: ProofCheck) -> str:
    """Which signatures an audit judged, or that it judged none, and why."""
    from console.output import counted

    if verdict.proofs is None:
        return f"Signatures were not checked: {check.missing}."
    return f"{counted(verdict.proofs, 'signature')} checked by the directory's keys."
