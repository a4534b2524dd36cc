"""What is wrong with a programme's files, said so that whoever wrote them can put it right at once."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where it stands, what it is and what to do about it.

    Attributes:
        file: The file's path as it was asked for.
        line: The line, from 1; ``None`` where the file as a whole is meant.
        what: What is wrong.
        fix: What to do.
    """

    file: str
    line: int | None
    what: str
    fix: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.what}: {self.fix}"


class ProgrammeInvalid(ValueError):
    """The programme's files cannot be used; carries every problem found, in the order of files and lines."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: (each.file, each.line or 0, each.what)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
