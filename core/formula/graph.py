"""Formulas as graphs with shared subexpressions, and their derivatives by reverse accumulation.

A node is a tuple: `("number", 2.0)`, `("variable", "x")` or `(operation, argument, ...)`, where arguments
are indices of earlier nodes. Equal nodes are the same node, so common subexpressions are computed once.
"""

from __future__ import annotations

import math
import sys
from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from core.formula.operations import apply

Node = tuple[str, float] | tuple[str, str] | tuple[str, int] | tuple[str, int, int]
LARGEST_PRODUCT = 64  # integer powers up to this one become products


class Graph:
    """Nodes in the order of their making; arguments always come before what uses them.

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> graph.mul(x, x) == graph.mul(x, x)
    True
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._index: dict[Node, int] = {}

    def node(self, *node: object) -> int:
        """The index of this node, as it stands, made if it is new."""
        key: Node = node  # type: ignore[assignment]
        if key[0] == "number" and key[1] == 0 and math.copysign(1.0, float(key[1])) < 0:
            key = ("number", "-0.0")  # -0.0 == 0.0, but they are not the same number
        index = self._index.get(key)
        if index is None:
            index = len(self.nodes)
            self._index[key] = index
            self.nodes.append(("number", -0.0) if key == ("number", "-0.0") else key)
        return index

    def number(self, value: float) -> int:
        return self.node("number", float(value))

    def variable(self, name: str) -> int:
        return self.node("variable", name)

    def arguments(self, index: int) -> tuple[int, ...]:
        node = self.nodes[index]
        return () if node[0] == "number" or node[0] == "variable" else node[1:]  # type: ignore[return-value]

    def value(self, index: int) -> float | None:
        """The number that a node is, if it is one."""
        node = self.nodes[index]
        return float(node[1]) if node[0] == "number" else None

    def needed(self, outputs: Iterable[int], known: Container[int] = ()) -> list[int]:
        """The nodes that `outputs` are computed from, themselves included, in order; down to what is `known`."""
        found: set[int] = set()
        stack = list(outputs)
        while stack:
            index = stack.pop()
            if index not in found:
                found.add(index)
                if index not in known:
                    stack.extend(self.arguments(index))
        return sorted(found)

    def depending(self, on: Iterable[int], among: Iterable[int]) -> set[int]:
        """Which of the nodes `among` (in order, closed under arguments) change when a node of `on` does."""
        changing = set(on)
        for index in among:
            if any(argument in changing for argument in self.arguments(index)):
                changing.add(index)
        return changing

    # Constructors that simplify, keeping the meaning: constants are folded, neutral elements vanish.

    def apply(self, operation: str, *arguments: int) -> int:
        """A node for `operation`, simplified."""
        simplify = _SIMPLIFICATIONS.get(operation)
        if simplify is not None:
            index = simplify(self, *arguments)
            if index is not None:
                return index
        numbers = [self.value(a) for a in arguments]
        if all(n is not None for n in numbers):
            try:
                folded = apply(operation, *(n for n in numbers if n is not None))
            except (ArithmeticError, ValueError):
                folded = math.nan  # it will fail, and say so, when it runs
            if math.isfinite(folded):
                return self.number(folded)
        return self.node(operation, *arguments)

    def add(self, a: int, b: int) -> int:
        return self.apply("add", a, b)

    def sub(self, a: int, b: int) -> int:
        return self.apply("sub", a, b)

    def mul(self, a: int, b: int) -> int:
        return self.apply("mul", a, b)

    def div(self, a: int, b: int) -> int:
        return self.apply("div", a, b)

    def neg(self, a: int) -> int:
        return self.apply("neg", a)

    def pow(self, a: int, b: int) -> int:
        return self.apply("pow", a, b)


def _add(graph: Graph, a: int, b: int) -> int | None:
    if graph.value(a) == 0:
        return b
    if graph.value(b) == 0:
        return a
    if graph.nodes[b][0] == "neg":
        return graph.sub(a, graph.arguments(b)[0])
    if graph.nodes[a][0] == "neg" and graph.value(b) is None:
        return graph.sub(b, graph.arguments(a)[0])
    return None


def _sub(graph: Graph, a: int, b: int) -> int | None:
    if graph.value(b) == 0:
        return a
    if graph.value(a) == 0:
        return graph.neg(b)
    if graph.nodes[b][0] == "neg":
        return graph.add(a, graph.arguments(b)[0])
    return None


def _mul(graph: Graph, a: int, b: int) -> int | None:
    if graph.value(b) is not None and graph.value(a) is None:
        return graph.mul(b, a)  # numbers stand first
    number = graph.value(a)
    if number is not None and graph.value(b) is None:
        return _scaled(graph, number, b)
    for one, other in ((a, b), (b, a)):  # a sign comes out of a product, so that a sum can become a difference
        if graph.nodes[one][0] == "neg":
            return graph.neg(graph.mul(graph.arguments(one)[0], other))
    return None


def _scaled(graph: Graph, number: float, b: int) -> int | None:
    """number * b, for a b that is not a number."""
    if number == 1:
        return b
    if number < 0:
        return graph.neg(graph.mul(graph.number(-number), b))
    if graph.nodes[b][0] == "neg":
        return graph.neg(graph.mul(graph.number(number), graph.arguments(b)[0]))
    if graph.nodes[b][0] == "mul":
        first, rest = graph.arguments(b)
        inner = graph.value(first)
        if inner is not None and _exact(number, inner):
            return graph.mul(graph.number(number * inner), rest)
    return None


def _exact(a: float, b: float) -> bool:
    """Whether a*b is free of rounding, as only scaling by a power of two is: 100*(2*z) is 200*z to the last bit."""
    power_of_two = any(math.frexp(factor)[0] in (0.5, -0.5) for factor in (a, b))
    # nor may anything be so small that it loses digits, or so large that it is no number
    return power_of_two and min(abs(a), abs(b), abs(a * b)) >= sys.float_info.min and math.isfinite(a * b)


def _div(graph: Graph, a: int, b: int) -> int | None:
    divisor = graph.value(b)
    if divisor == 1:
        return a
    if divisor is not None and divisor < 0:
        return graph.neg(graph.div(a, graph.number(-divisor)))
    numerator = graph.value(a)
    if numerator is not None and numerator < 0:
        return graph.neg(graph.div(graph.number(-numerator), b))
    if graph.nodes[a][0] == "neg":
        return graph.neg(graph.div(graph.arguments(a)[0], b))
    return None


def _neg(graph: Graph, a: int) -> int | None:
    return graph.arguments(a)[0] if graph.nodes[a][0] == "neg" else None


def _pow(graph: Graph, a: int, b: int) -> int | None:
    exponent = graph.value(b)
    if exponent == 1:
        return a
    if exponent == 0:
        return graph.number(1)
    return graph.apply("sqrt", a) if exponent == 0.5 else None


_SIMPLIFICATIONS: Mapping[str, Callable[..., int | None]] = {
    "add": _add,
    "sub": _sub,
    "mul": _mul,
    "div": _div,
    "neg": _neg,
    "pow": _pow,
}


def copy(source: Graph, roots: Sequence[int], into: Graph, variables: Mapping[str, int]) -> list[int]:
    """`roots` of one graph built again in another, simplified, its variables replaced by nodes of that one.

    >>> source, target = Graph(), Graph()
    >>> root = source.node("mul", source.variable("x"), source.number(1))
    >>> y = target.variable("y")
    >>> copy(source, [root], target, {"x": y}) == [y]
    True
    """
    made: dict[int, int] = {}
    for index in source.needed(roots):
        node = source.nodes[index]
        if node[0] == "number":
            made[index] = into.number(float(node[1]))
        elif node[0] == "variable":
            made[index] = variables[str(node[1])]
        else:
            made[index] = into.apply(node[0], *(made[a] for a in source.arguments(index)))
    return [made[root] for root in roots]


def gradient(graph: Graph, root: int, variables: Sequence[int]) -> list[int]:
    """Nodes of the partial derivatives of `root` by each of `variables`.

    Reverse accumulation: from the root back, each node hands its adjoint (how much the root changes when
    it does) to its arguments, times the local derivative. One sweep gives every partial derivative.

    >>> graph = Graph()
    >>> x, y = graph.variable("x"), graph.variable("y")
    >>> gradient(graph, graph.mul(x, y), [x, y]) == [y, x]
    True
    """
    order = graph.needed([root])
    changing = graph.depending(variables, order)
    adjoint: dict[int, int] = {root: graph.number(1)}
    for index in reversed(order):
        if index not in adjoint or index not in changing or not graph.arguments(index):
            continue
        for argument, local in local_derivatives(graph, index):
            if argument in changing:
                part = _times(graph, adjoint[index], local)
                adjoint[argument] = graph.add(adjoint[argument], part) if argument in adjoint else part
    zero = graph.number(0)
    return [adjoint.get(variable, zero) for variable in variables]


def _times(graph: Graph, adjoint: int, local: int | tuple[str, int]) -> int:
    """adjoint * local, where local may be a quotient `("over", n)`: then one division does."""
    if isinstance(local, tuple):
        return graph.div(adjoint, local[1])
    zero = graph.number(0)
    return zero if local == zero else graph.mul(adjoint, local)


def local_derivatives(graph: Graph, index: int) -> list[tuple[int, int | tuple[str, int]]]:
    """For each argument of a node: the derivative of the node by it; `("over", n)` stands for 1/n.

    >>> graph = Graph()
    >>> x = graph.variable("x")
    >>> local_derivatives(graph, graph.apply("log", x)) == [(x, ("over", x))]
    True
    """
    operation = graph.nodes[index][0]
    arguments = graph.arguments(index)
    rule = _DERIVATIVES[operation]
    return list(zip(arguments, rule(graph, index, *arguments), strict=True))


Local = int | tuple[str, int]


def _power_derivatives(graph: Graph, index: int, a: int, b: int) -> tuple[Local, Local]:
    """d(a**b) = b*a**(b - 1) da + log(a)*a**b db; the second part is asked for only where b varies."""
    base = graph.mul(b, graph.pow(a, graph.sub(b, graph.number(1))))
    exponent = base if graph.value(b) is not None else graph.mul(index, graph.apply("log", a))
    return base, exponent


def _one_over_root(graph: Graph, a: int) -> Local:
    """1/sqrt(1 - a**2)."""
    one = graph.number(1)
    return ("over", graph.apply("sqrt", graph.sub(one, graph.pow(a, graph.number(2)))))


_DERIVATIVES: Mapping[str, Callable[..., tuple[Local, ...]]] = {
    "add": lambda g, i, a, b: (g.number(1), g.number(1)),
    "sub": lambda g, i, a, b: (g.number(1), g.number(-1)),
    "mul": lambda g, i, a, b: (b, a),
    "div": lambda g, i, a, b: (("over", b), g.neg(g.div(i, b))),
    "neg": lambda g, i, a: (g.number(-1),),
    "pow": _power_derivatives,
    "less": lambda g, i, a, b: (g.number(0), g.number(0)),
    "less_equal": lambda g, i, a, b: (g.number(0), g.number(0)),
    "exp": lambda g, i, a: (i,),
    "log": lambda g, i, a: (("over", a),),
    "log1p": lambda g, i, a: (("over", g.add(g.number(1), a)),),
    "expm1": lambda g, i, a: (g.add(i, g.number(1)),),
    "sqrt": lambda g, i, a: (("over", g.mul(g.number(2), i)),),
    "sin": lambda g, i, a: (g.apply("cos", a),),
    "cos": lambda g, i, a: (g.neg(g.apply("sin", a)),),
    "tan": lambda g, i, a: (g.add(g.number(1), g.pow(i, g.number(2))),),
    "asin": lambda g, i, a: (_one_over_root(g, a),),
    "acos": lambda g, i, a: (g.neg(g.div(g.number(1), _one_over_root(g, a)[1])),),  # type: ignore[index]
    "atan": lambda g, i, a: (("over", g.add(g.number(1), g.pow(a, g.number(2)))),),
    "sinh": lambda g, i, a: (g.apply("cosh", a),),
    "cosh": lambda g, i, a: (g.apply("sinh", a),),
    "tanh": lambda g, i, a: (g.sub(g.number(1), g.pow(i, g.number(2))),),
    "abs": lambda g, i, a: (g.apply("sign", a),),
    "sign": lambda g, i, a: (g.number(0),),
    "floor": lambda g, i, a: (g.number(0),),
    "min": lambda g, i, a, b: (g.node("less_equal", a, b), g.node("less", b, a)),
    "max": lambda g, i, a, b: (g.node("less_equal", b, a), g.node("less", a, b)),
    "sigmoid": lambda g, i, a: (g.mul(i, g.sub(g.number(1), i)),),
    "softplus": lambda g, i, a: (g.apply("sigmoid", a),),
    "relu": lambda g, i, a: (g.node("less", g.number(0), a),),
}


def lowered(graph: Graph, roots: Sequence[int]) -> tuple[Graph, list[int]]:
    """The same computation ready to run: integer powers as products (x**4 is a square squared), a sign in its factor.

    >>> graph = Graph()
    >>> root = graph.pow(graph.variable("x"), graph.number(4))
    >>> lowered(graph, [root])[0].nodes[-2:]
    [('mul', 0, 0), ('mul', 4, 4)]
    """
    result = Graph()
    made: dict[int, int] = {}
    order = graph.needed(roots)
    uses = Counter(argument for index in order for argument in graph.arguments(index))
    for index in order:
        node = graph.nodes[index]
        if node[0] in ("number", "variable"):
            made[index] = result.node(*node)
        elif node[0] == "pow":
            made[index] = _product(result, *(made[a] for a in graph.arguments(index)))
        elif node[0] == "neg" and (turned := _turned(graph, graph.arguments(index)[0], result, made, uses)) is not None:
            made[index] = turned
        else:
            made[index] = result.apply(node[0], *(made[a] for a in graph.arguments(index)))
    return result, [made[root] for root in roots]


def _turned(graph: Graph, index: int, into: Graph, made: Mapping[int, int], uses: Mapping[int, int]) -> int | None:
    """-(a*(2*b)) as a*(-2*b), which is the same number; None without such a factor, or if others use it."""
    node = graph.nodes[index]
    if node[0] != "mul" or uses[index] > 1:
        return None
    first, second = graph.arguments(index)
    number = graph.value(first)
    if number is not None:
        return into.node("mul", into.number(-number), made[second])
    turned = _turned(graph, second, into, made, uses)
    return None if turned is None else into.node("mul", made[first], turned)


def _product(graph: Graph, base: int, exponent: int) -> int:
    n = graph.value(exponent)
    if n is None or not n.is_integer() or abs(n) > LARGEST_PRODUCT:
        return graph.pow(base, exponent)
    if n < 0:
        return graph.div(graph.number(1), _product(graph, base, graph.number(-n)))
    if n in (0, 1):
        return graph.pow(base, exponent)
    half = _product(graph, base, graph.number(n // 2))
    square = graph.mul(half, half)
    return graph.mul(square, base) if n % 2 else square
