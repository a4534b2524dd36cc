"""The domain stays pure: nothing in it can differ when a workflow is replayed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import domain

ROOT = Path(domain.__file__).parent
SOURCES = sorted(ROOT.rglob("*.py"))
ALLOWED = {
    "calendar",
    "collections",
    "dataclasses",
    "datetime",
    "decimal",
    "difflib",
    "domain",
    "enum",
    "fractions",
    "functools",
    "graphlib",
    "hashlib",
    "itertools",
    "json",
    "math",
    "pydantic",
    "re",
    "statistics",
    "typing",
    "unicodedata",
}
CLOCKS = {"now", "utcnow", "today", "fromtimestamp"}
EFFECTS = {"open", "print", "input", "exec", "eval", "__import__", "hash", "id"}
UNORDERED = {"set", "frozenset"}
ORDERLESS = {"sorted", "set", "frozenset", "any", "all", "sum", "min", "max", "len"}


def is_set(node: ast.expr, names: frozenset[str]) -> bool:
    """Say whether an expression is plainly a set, or a name that was given one."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.Name(id=name):
            return name in names
        case ast.Call(func=ast.Name(id=name)):
            return name in UNORDERED
        case ast.BinOp(left=left, op=ast.BitOr() | ast.BitAnd() | ast.Sub() | ast.BitXor(), right=right):
            return is_set(left, names) or is_set(right, names)
        case _:
            return False


def sets_in(scope: ast.AST) -> frozenset[str]:
    """The names that are given sets in a function or module."""
    names: set[str] = set()
    for node in ast.walk(scope):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if is_set(value, frozenset(names)):
                names.add(name)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind) if "set[" in ast.unparse(kind):
                names.add(name)
    return frozenset(names)


def unordered_loops(scope: ast.AST) -> Iterator[str]:
    """Where order is taken from a set."""
    names = sets_in(scope)
    harmless = {
        id(node.args[0])
        for node in ast.walk(scope)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDERLESS
        if node.args
    }
    for node in ast.walk(scope):
        match node:
            case ast.For(iter=items) if is_set(items, names):
                yield f"line {node.lineno}: for {ast.unparse(items)}"
            case ast.ListComp() | ast.DictComp() | ast.GeneratorExp() if id(node) not in harmless:
                for part in node.generators:
                    if is_set(part.iter, names):
                        yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.Call(
                func=ast.Name(id="list" | "tuple" | "next" | "iter" | "enumerate"), args=[items, *_]
            ):
                if is_set(items, names):
                    yield f"line {node.lineno}: {ast.unparse(node)}"
            case ast.Call(func=ast.Attribute(attr="join"), args=[items]) if is_set(items, names):
                yield f"line {node.lineno}: {ast.unparse(node)}"


def impurities(source: str) -> list[str]:
    """All in a module that could differ from one run to the next."""
    tree = ast.parse(source)
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                found += [f"import {item.name}" for item in names if item.name.split(".")[0] not in ALLOWED]
            case ast.ImportFrom(module=module) if (module or ".").split(".")[0] not in ALLOWED:
                found.append(f"from {module} import")
            case ast.Call(func=ast.Attribute(attr=attr)) if attr in CLOCKS:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
            case ast.Call(func=ast.Name(id=name)) if name in EFFECTS:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
            case ast.FunctionDef():
                found += unordered_loops(node)
            case ast.AsyncFunctionDef() | ast.Global() | ast.Await():
                found.append(f"line {node.lineno}: {type(node).__name__}")
    return found


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_of_the_domain_is_pure(path: Path) -> None:
    """No clock, no randomness, no input or output, no order taken from a set, no foreign import."""
    assert impurities(path.read_text()) == []


@pytest.mark.parametrize(
    "impure",
    [
        "import os",
        "import random",
        "from time import monotonic",
        "from uuid import uuid4",
        "import temporalio.workflow",
        "from workflows import attributes",
        "x = datetime.now(UTC)",
        "x = datetime.utcnow()",
        "x = date.today()",
        "def f(a):\n    for x in {1, 2}: pass",
        "def f(a):\n    for x in set(a): pass",
        "def f(a):\n    b = frozenset(a)\n    return [x for x in b]",
        "def f(a):\n    b: set[str] = a\n    return tuple(x for x in b)",
        "def f(a):\n    return {x: 1 for x in set(a) | a}",
        "def f(a):\n    return tuple(set(a))",
        "def f(a):\n    return ', '.join({y for y in a})",
        "def f(a):\n    print(a)",
    ],
)
def test_what_is_impure_is_found(impure: str) -> None:
    """The guard itself can fail."""
    assert len(impurities(impure)) == 1


def test_order_may_be_given_to_a_set() -> None:
    """Sorting it, or asking what does not depend on its order, is fine."""
    pure = "def f(a):\n    b = set(a)\n    return [x for x in sorted(b)], sum(x for x in b), 1 in b"
    assert impurities(pure) == []


def test_the_domain_was_looked_at() -> None:
    """All modules were found."""
    assert {"plan.py", "technology.py", "rollout.py", "outcomes.py"} <= {path.name for path in SOURCES}
