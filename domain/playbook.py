"""The playbook: the versioned standardised approach that every board replicates."""

from pydantic import Field

from domain.plan import Plan
from domain.refusal import Refusal
from domain.value import Line, Slug, Value


class Mitigation(Value):
    """What to do about a barrier that boards can expect.

    Attributes:
        barrier: The barrier, in a sentence.
        mitigation: What has been seen to help.
        source: Where that was seen.
    """

    barrier: str
    mitigation: str
    source: str


class Playbook(Value):
    """One version of the standardised approach.

    Attributes:
        id: The playbook's slug.
        version: From 1; each published version is one higher than the last.
        title: Its name for people.
        sections: The text of each section, by the section's slug.
        mitigations: The barriers to expect and what helps.
        implementation: The steps that take a board to go-live.
        handover: The steps that take a live board to business as usual.
    """

    id: Slug
    version: int = Field(ge=1)
    title: Line
    sections: dict[Slug, str]
    mitigations: tuple[Mitigation, ...] = ()
    implementation: Plan
    handover: Plan


class Edition(Value):
    """What a board replicates of a playbook: its plans, without its prose.

    Attributes:
        id: The playbook's slug.
        version: Its version.
        implementation: The steps that take a board to go-live.
        handover: The steps that take a live board to business as usual.
    """

    id: Slug
    version: int = Field(ge=1)
    implementation: Plan
    handover: Plan


def edition_of(playbook: Playbook) -> Edition:
    """The edition that boards replicate."""
    return Edition(
        id=playbook.id,
        version=playbook.version,
        implementation=playbook.implementation,
        handover=playbook.handover,
    )


def check_playbook(playbook: Playbook, required: tuple[str, ...], published: int) -> Refusal | None:
    """Refuse a playbook that is incomplete or out of turn.

    Args:
        playbook: The version that is to be published.
        required: The slugs of the sections that every playbook must fill.
        published: The number of the version published last, 0 when there is none.
    """
    empty = tuple(name for name in required if not playbook.sections.get(name, "").strip())
    if empty:
        return Refusal(
            code="section-missing",
            message=f"The playbook lacks {', '.join(empty)}: every one of the sections "
            f"{', '.join(required)} needs its text before it can be published.",
        )
    if not playbook.mitigations:
        return Refusal(
            code="mitigations-missing",
            message="The playbook lists no mitigations: say what barriers the pilots met and what helped.",
        )
    if playbook.version != published + 1:
        return Refusal(
            code="wrong-version",
            message=f"The playbook says it is version {playbook.version} and the next one is "
            f"{published + 1}: correct its version.",
        )
    return None


def check_successor(before: Playbook, after: Playbook) -> Refusal | None:
    """Refuse a version by which boards that replicate the one before could not go on.

    Args:
        before: The version published last.
        after: The version that is to be published.
    """
    pairs = ((before.implementation, after.implementation), (before.handover, after.handover))
    for old, new in pairs:
        if old.id != new.id:
            return Refusal(
                code="plan-renamed",
                message=f'Version {after.version} calls the plan "{old.id}" now "{new.id}": tasks are named '
                "after their plan, so leave its name as it was.",
            )
        for step in new.steps:
            known = old.by_id.get(step.id)
            if known is not None and step.revision < known.revision:
                return Refusal(
                    code="revision-lowered",
                    message=f'Step "{step.id}" has revision {step.revision} and had {known.revision} in '
                    f"version {before.version}: leave it, or raise it where the step has to be done again.",
                )
    return None
