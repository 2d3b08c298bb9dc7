"""The patterns of `match`."""

from dataclasses import dataclass

from grammar.registry import refused, right


@dataclass
class Disk:
    radius: float


@dataclass
class Box:
    width: float
    height: float


@right("MatchValue", 'case "square": ...', 0.7, "square")
def value_pattern(x, kind):
    match kind:
        case "square":
            return x * x
        case _:
            return x


@right("MatchSingleton", "case None: ...", 0.7, None)
def singleton_pattern(x, y):
    match y:
        case None:
            return x * x
        case _:
            return x * y


@right("MatchSequence", "case (a, b): ...", (0.7, 1.2))
def sequence_pattern(pair):
    match pair:
        case (a,):
            return a
        case (a, b):
            return a * b * b
    return 0.0


@right("MatchStar", "case (first, *rest): ...", (0.7, 1.2, -0.4))
def star_pattern(items):
    match items:
        case (first, *rest):
            return first * sum(rest)
    return 0.0


@right("MatchMapping", 'case {"kind": "disk", "r": r}: ...', {"kind": "disk", "r": 0.7})
def mapping_pattern(shape):
    match shape:
        case {"kind": "box", "a": a}:
            return a
        case {"kind": "disk", "r": r}:
            return 3.14 * r * r
    return 0.0


@refused(
    "MatchMapping",
    'case {"r": r, **others}: ...',
    "S201",
    "read `shape` itself",
    {"r": 0.7, "z": 1.2},
)
def rest_of_a_mapping(shape):
    match shape:
        case {"r": r, **others}:
            return r * others["z"]
    return 0.0


@right("MatchClass", "case Disk(radius=r): ...", 0.7)
def class_pattern(x):
    shape = Disk(x) if x > 0.0 else Disk(1.0)
    match shape:
        case Box(width=w):
            return w
        case Disk(radius=r):
            return 3.14 * r * r
    return 0.0


class Ball:
    __match_args__ = ("radius",)

    def __init__(self, radius):
        self.radius = radius


@refused("MatchClass", "case Ball(r): ...", "S201", "`Ball(radius=r)`", 0.7)
def class_pattern_with_positions(x):
    match Ball(x):
        case Ball(r):
            return 3.14 * r * r
    return 0.0


@right("MatchAs", "case k if k > 5: ...", 0.7, 7)
def capture_pattern(x, n):
    match n:
        case 0:
            return x
        case k if k > 5:
            return x**k
    return 0.0


@right("MatchOr", "case 0 | 1: ...", 0.7, 1)
def or_pattern(x, n):
    match n:
        case 0 | 1:
            return x * x
    return x


@refused(
    "MatchOr",
    'case {"r": r} | {"radius": r}: ...',
    "S201",
    "a case for each",
    {"r": 0.7},
)
def or_pattern_with_names(shape):
    match shape:
        case {"r": r} | {"radius": r}:
            return r * r
    return 0.0


@right("match_case", "case n if n > 2: ...", 0.7, 3)
def guarded_case(x, k):
    match k:
        case n if n > 2:
            return x**n
        case _:
            return x
