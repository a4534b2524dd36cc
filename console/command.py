"""How commands and their groups are made, so that all of them look and answer alike, and begin at once."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

Function = TypeVar("Function", bound=Callable[..., Any])
Anything = Any
"""What Typer takes and gives without saying more."""


class Words:
    """Reads a parameter that is text, several texts, a flag or one of a few words.

    Typer reads every parameter through pydantic, whose import takes longer than a question to the catalogue.
    """

    def __init__(self, kind: Anything) -> None:
        self._kind = kind

    def coerce(self, value: Anything, param: Anything, ctx: Anything) -> Anything:
        """The value of what was typed."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if self._kind is str or self._kind is bool:
            return value
        if self._kind == list[str]:
            return list(value)
        try:
            return self._kind(value)
        except ValueError:
            choices = " or ".join(self._kind)
            raise typer.BadParameter(f'"{value}" is not {choices}', ctx=ctx, param=param) from None


def take_words(parameters: list[Anything]) -> list[Anything]:
    """Have plain parameters read without pydantic; a Typer that works differently passes over it."""
    for parameter in parameters:
        kind = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
        if kind in {str, bool, list[str]} or (isinstance(kind, type) and issubclass(kind, StrEnum)):
            parameter._runtime_param = Words(kind)  # noqa: SLF001 - there is no other way in
    return parameters


class QuickCommand(TyperCommand):
    """A command that begins at once."""

    def get_params(self, ctx: Anything) -> list[Anything]:
        """The parameters."""
        return take_words(super().get_params(ctx))


class QuickGroup(TyperGroup):
    """A group of commands that begins at once."""

    def get_params(self, ctx: Anything) -> list[Anything]:
        """The parameters."""
        return take_words(super().get_params(ctx))


class Group(typer.Typer):
    """A group of commands whose help is plain text: Rich would cost more than the command."""

    def __init__(self, help_text: str = "", cls: type[TyperGroup] = QuickGroup) -> None:
        super().__init__(
            cls=cls,
            help=help_text or None,
            rich_markup_mode=None,
            no_args_is_help=cls is not QuickGroup or bool(help_text),
            add_completion=False,
            pretty_exceptions_enable=False,
        )

    def take(self, *others: "Group") -> None:
        """Take in the commands of groups that are written in modules of their own."""
        for other in others:
            self.registered_commands += other.registered_commands

    def command(self, name: str | None = None, **options: Anything) -> Callable[[Function], Function]:
        """Make a function a command of this group."""
        return super().command(name, cls=QuickCommand, **options)


def group(help_text: str) -> Group:
    """A group of commands."""
    return Group(help_text)


def single() -> Group:
    """A command that stands by itself."""
    return Group()
