"""Small mistakes put into a source file: the operators of cosmic-ray that matter here, and calls left out."""

import ast
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Example, Operator
from cosmic_ray.plugins import get_operator

#: One replacement an operator: those that type errors would betray at once are left out.
REPLACED = {
    "Binary": "Add_Sub Sub_Add Mul_Div Div_Mul FloorDiv_Div Mod_FloorDiv Pow_Mul BitAnd_BitOr BitOr_BitAnd",
    "Comparison": "Eq_NotEq NotEq_Eq Lt_LtE Lt_Gt LtE_Lt LtE_Gt Gt_GtE Gt_Lt GtE_Gt GtE_Lt Is_IsNot IsNot_Is",
    "Unary": "USub_UAdd Delete_Not Delete_Invert",
}
OTHER = (
    "AddNot ReplaceTrueWithFalse ReplaceFalseWithTrue ReplaceAndWithOr ReplaceOrWithAnd ReplaceBreakWithContinue "
    "ReplaceContinueWithBreak ExceptionReplacer NumberReplacer RemoveDecorator ZeroIterationForLoop"
)
#: What stands before the dot of a function rather than of a method.
MODULES = {"F", "_C", "contextlib", "dist", "distributed", "functools", "itertools", "math", "nn", "np", "os", "torch"}


class DropCall(Operator):
    """``x.method(...)`` becomes ``x``: a forgotten ``detach``, ``clamp_min`` or ``mean``."""

    def mutation_positions(self, node):
        """Where a method is called, by the place of its name."""
        # A list: the caller changes the node between two steps.
        return [(node.children[at].start_pos, node.children[at + 1].end_pos) for at in self._calls(node)]

    def mutate(self, node, index):
        """Leave the call out; what is before and after it stays."""
        at = list(self._calls(node))[index]
        node.children = node.children[:at] + node.children[at + 2 :]
        return node

    @staticmethod
    def _calls(node) -> Iterator[int]:
        if node.type not in ("atom_expr", "power") or getattr(node.children[0], "value", None) in MODULES | {"self"}:
            return
        trailers = [c.get_code(include_prefix=False) if c.type == "trailer" else "" for c in node.children]
        for index in range(1, len(trailers) - 1):
            first = trailers[0] == "" and node.children[0].get_code(include_prefix=False) == "super"
            if trailers[index].startswith(".") and trailers[index + 1].startswith("(") and not first:
                yield index

    @classmethod
    def examples(cls):
        """One."""
        return (Example("y = x.detach().abs()", "y = x.abs()"),)


@dataclass(frozen=True)
class Mutant:
    """One mistake: which occurrence of which operator in which file, and in which line."""

    path: Path
    operator: str
    occurrence: int
    line: int

    def code(self) -> str | None:
        """The file with the mistake; ``None`` if it does not compile or differs in annotations alone."""
        source = self.path.read_text(encoding="utf-8")
        code = mutate_code(source, operators()[self.operator], self.occurrence)
        return None if code is None or _meaning(code) in (None, _meaning(source)) else code


@cache
def operators() -> dict[str, Operator]:
    """The operators by name."""
    replaced = [f"Replace{kind}Operator_{pair}" for kind, pairs in REPLACED.items() for pair in pairs.split()]
    names = replaced + OTHER.split()
    return {name: get_operator(f"core/{name}")() for name in names} | {"DropCall": DropCall()}


def mutants_of(path: Path) -> list[Mutant]:
    """Every place of a file where an operator finds something to change."""
    nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
    return [
        Mutant(path, name, occurrence, start[0])
        for name, operator in operators().items()
        for occurrence, (start, _) in enumerate(p for node in nodes for p in operator.mutation_positions(node))
    ]


def _meaning(source: str) -> str | None:
    """The syntax tree without annotations, which nothing executes here; ``None`` for what does not compile."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            tree = ast.parse(source)
        except SyntaxError:
            return None
    for node in ast.walk(tree):
        for field in ("annotation", "returns"):
            if getattr(node, field, None) is not None:
                setattr(node, field, ast.Constant(None))
    return ast.dump(tree)


def statement_lines(source: str, line: int) -> range:
    """The lines of the smallest statement around a line; of a compound one, its header."""
    best = range(line, line + 1)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.stmt):
            first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
            last = node.body[0].lineno - 1 if getattr(node, "body", None) else node.end_lineno
            if first <= line <= max(last, first):
                best = range(first, max(last, first) + 1)
    return best
