"""`try`, `with`, `raise`, `finally`: what was done before the exception stays done."""

import contextlib
import math

import numpy as np

from corpus.registry import case

V = np.array([0.4, -0.7, 1.3, 0.9])
POSITIVE = np.array([0.4, 0.7, 1.3, 0.9])
T = "issue2 exceptions"


class Odd(Exception):
    """An exception that carries what it is given."""


class Far(Odd):
    def __init__(self, value, *, scale=1.0):
        super().__init__(value)
        self.value = value
        self.scaled = value * scale


class Swallow:
    """A context that deals with the exceptions of some classes."""

    def __init__(self, *kinds):
        self.kinds = kinds
        self.left = 0.0

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        self.left += 1.0
        return kind is not None and issubclass(kind, self.kinds)


class Undo:
    """A context that puts an item back, whatever happens."""

    def __init__(self, a, k):
        self.a = a
        self.k = k

    def __enter__(self):
        self.old = self.a[self.k]
        return self.a

    def __exit__(self, kind, error, trace):
        self.a[self.k] = self.old


def positive(t):
    if t < 0:
        raise ValueError("negative")
    return math.sqrt(t)


def fill(a, x, n):
    """Changes an array and may raise in between."""
    for i in range(n):
        a[i] = a[i] * x
        if a[i] > 0.8:
            raise Odd(a[i], i)
    return a[0] * x


# -- loops that are left by an exception
@case(V, 10, also=[(V, 3), (V, 0)], tags=T)
def sum_until_the_end(v, n):
    s = 1.0
    try:
        for i in range(n):
            s = s * 0.5 + v[i] ** 2
    except IndexError:
        s = s * v[0]
    return s


@case(V, 10, also=[(V, 0)], tags=T)
def array_changed_until_the_end(v, n):
    a = v * 1.0
    b = np.zeros(3)
    try:
        for i in range(n):
            a[i] = a[i] * v[0]
            b[i] = a[i] ** 2
    except IndexError:
        a[0] += b[1]
    return np.sum(a * a) + np.sum(b)


@case(V, 9, tags=T)
def while_until_the_end(v, n):
    i = 0
    s = 0.0
    try:
        while i < n:
            s += v[i] * v[i]
            i += 1
    except IndexError:
        s *= 2.0
    return s + i * v[1]


@case(V, tags=T)
def test_of_a_while_raises(v):
    i = 0
    s = v[0]
    try:
        while v[i] < 5.0:
            s = s * v[i]
            i = i + 1
    except IndexError:
        s = s * i
    return s


@case(V, 1, also=[(V, 2), (V, 7)], tags=T)
def break_and_exception(v, stop):
    s = 1.0
    try:
        for i in range(6):
            if i == stop:
                break
            s = s * v[i]
            s += v[i]
        else:
            s = s * 100.0
    except IndexError:
        s = s + 3.0 * v[0]
    return s * s


@case(V, 1, also=[(V, 9)], tags=T)
def continue_and_exception(v, skip):
    s = 1.0
    try:
        for i in range(6):
            if i == skip:
                continue
            s = s * v[i]
    except IndexError:
        s = s + 3.0 * v[0]
    return s


@case(V, 1, also=[(V, 9)], tags=T)
def return_out_of_a_loop_in_try(v, leave):
    s = 1.0
    try:
        for i in range(6):
            s = s + v[i] ** 2
            if i == leave:
                return s * v[0]
    except IndexError:
        s = s * v[1]
    return s + 1.0


@case(V, 1, also=[(V, 9)], tags=T)
def exception_in_the_inner_loop(v, k):
    s = 0.0
    c = v[0]
    try:
        for i in range(3):
            for j in range(3):
                c = c * v[j + (i == 1) * k]
                s += c
            s = s * 1.5
    except IndexError:
        s = s * c
    return s + c


@case(V, tags=T)
def try_in_loop_in_try(v):
    s = 1.0
    try:
        for i in range(10):
            try:
                s = s * positive(v[i])
                s = s + 1.0
            except ValueError:
                s = s - v[i]
    except IndexError:
        s = s * s
    return s


@case(0.6, 3, also=[(0.6, 0), (0.6, 9)], tags=T)
def helper_changes_and_raises(x, n):
    a = np.array([x, x * x, 0.3])
    try:
        y = fill(a, 1.0 + x, n)
        y = y * 2.0
    except Odd:
        y = 10.0 * a[1]
    except IndexError:
        y = -a[2]
    return y + np.sum(a)


@case(0.6, 3, tags=T)
def helper_in_the_middle_of_an_expression(x, n):
    a = np.array([x, x * x, 0.3])
    s = x
    try:
        s = s * 2.0 + fill(a, 1.0 + x, 1) * fill(a, 1.5 + x, n)
    except Odd:
        s = s * a[0]
    return s * a[1]


@case(np.array([0.6, 1.2]), 3, also=[(np.array([0.6, 1.2]), 1)], tags=T)
def store_that_raises_has_not_stored(v, j):
    y = np.zeros(2)
    a = 1.0
    try:
        a = v[0]
        y[0] = a * a
        y[j] = positive(v[1]) * a
        a = 5.0
    except IndexError:
        a = a * 3.0
    return a * y[0] + y[1]


@case(np.array([0.6, -1.2]), tags=T)
def value_raises_before_the_store(v):
    y = v * 1.0
    n = 0
    try:
        n += 1
        y[0] = 2.0 * v[0]
        n += 1
        y[1] = positive(v[1])
        n += 1
    except ValueError:
        y *= n
    return np.sum(y * y)


@case(V, tags=T)
def comprehension_that_raises(v):
    s = v[0]
    try:
        s = s * 2.0
        r = [positive(t) * s for t in v]
        s = sum(r)
    except ValueError:
        s = s * s
    return s


@case(V, tags=T)
def list_that_grows_until(v):
    made = []
    try:
        for i in range(9):
            made.append(v[i] * v[0])
    except IndexError:
        made.append(v[1])
    s = 0.0
    for k, t in enumerate(made):
        s += t * (k + 1)
    return s


@case({"a": 0.7, "b": 0.2}, tags=T)
def keys_until(d):
    s = 1.0
    try:
        for k in ["a", "b", "c", "a"]:
            s = s * 2.0 * d[k]
    except KeyError:
        s = s + d["a"]
    return s


# -- which handler
@case(0.5, 0, also=[(0.5, 1), (0.5, 2), (0.5, 3)], tags=T)
def several_handlers(x, k):
    y = x
    try:
        y = y * x
        if k == 0:
            raise KeyError("k")
        y = y * 2.0
        if k == 1:
            raise Far(x)
        y = y + x
        if k == 2:
            raise ZeroDivisionError
        y = y * y
    except KeyError:
        y = y * 3.0
    except Odd:
        y = y * 5.0
    except (ArithmeticError, ValueError):
        y = y * 7.0
    else:
        y = y + 1.0
    return y


@case(0.5, 0, also=[(0.5, 1), (0.5, 2)], tags=T)
def inner_handler_does_not_match(x, k):
    y = x
    try:
        y = y * 2.0
        try:
            y = y * x
            if k == 0:
                raise Odd
            y = y + x
            if k == 1:
                raise Far(y)
            y = y * 3.0
        except Far:
            y = y + 0.25 * x
        y = y * y
    except Odd:
        y = y + x * x
    return y


@case(0.5, 0, also=[(0.5, 1)], tags=T)
def raised_again(x, k):
    y = x
    try:
        for i in range(3):
            y = y * (1.0 + x)
            try:
                y = y + 1.0
                if i == 1 and k == 0:
                    raise Odd
            except Odd:
                y = y * x
                raise
    except Odd:
        y = y * 3.0
    return y


@case(0.5, tags=T)
def another_one_from_a_handler(x: float):
    y = x
    try:
        try:
            y = y * x
            raise KeyError
        except KeyError:
            y = y + 1.0
            raise ValueError("no") from None
        finally:
            y = y * 1.5
    except ValueError as error:
        y = y * len(error.args)
    return y


@case(0.5, 5, also=[(0.5, 1)], tags=T)
def exception_in_the_else(x, j):
    a = np.array([x, 2.0 * x])
    y = x
    try:
        try:
            y = y * a[0]
        except IndexError:
            y = 0.0
        else:
            y = y * 2.0
            a[0] = y
            y = y + a[j]
            a[1] = 7.0 * x
    except IndexError:
        y = y * a[0]
    return y + a[1]


@case(0.5, 2, also=[(0.5, 0)], tags=T)
def exception_in_a_handler(x, j):
    a = np.array([x, 2.0 * x])
    y = x
    try:
        try:
            y = y * x
            y = y * positive(-x)
        except ValueError:
            y = y * 3.0
            y = y * a[j]
            y = y + 1.0
    except IndexError:
        y = y * y
    return y


@case(0.5, tags=T)
def bare_except(x):
    s = x
    try:
        for i in range(4):
            s = s * x
            s = s / (2 - i)
    except:  # noqa: E722
        s = s * 4.0
    return s


@case(0.5, tags=T)
def zero_division_after_changes(x):
    n = 3
    s = x
    try:
        while True:
            s = s + x / n
            s = s * 1.5
            n = n - 1
            s = s + 1 // n
    except ZeroDivisionError:
        s = s * x
    return s


@case(np.array([[2.0, 0.3], [0.3, -1.0]]), tags=T)
def linear_algebra_after_a_change(a):
    b = a + 0.0
    y = 0.0
    try:
        b[0, 0] = b[0, 0] * 1.5
        y = b[0, 1]
        y = y * np.linalg.cholesky(b)[0, 0]
    except np.linalg.LinAlgError:
        y = y * np.linalg.inv(b)[0, 1]
    return y


@case(np.array([0.5, 0.1, 2.0]), tags=T)
def floating_point_error(v):
    s = v * 1.0
    try:
        with np.errstate(all="raise"):
            for i in range(3):
                s[i] = s[i] * 2.0
                s[i] += np.exp(400.0 * v[i]) * 1e-80
    except FloatingPointError:
        s = s * v[2]
    return np.sum(s)


# -- what an exception carries
@case(0.5, 3, also=[(0.5, 0)], tags=T)
def value_that_is_carried(x, n):
    a = np.array([x, x * x, 0.3])
    try:
        y = fill(a, 1.7 + x, n)
    except Odd as error:
        y = error.args[0] * 3.0 + error.args[1]
    return y + a[0]


@case(0.5, 0, also=[(0.5, 1), (0.5, 2)], tags=T)
def attributes_of_an_exception(x, k):
    y = x
    try:
        y = y * x
        if k == 0:
            raise Far(y * x)
        y = y + 1.0
        if k == 1:
            raise Far(y * 2.0, scale=x)
    except Far as error:
        y = y * error.value + error.scaled
        y += error.args[0]
    return y


@case(V, tags=T)
def best_of_a_search(v):
    class_of = 0
    try:
        for i in range(4):
            for j in range(4):
                class_of = class_of + 1
                if v[i] * v[j] > 1.0:
                    raise Far(v[i] * v[j], scale=2.0)
    except Far as found:
        return found.value * found.scaled * class_of
    return v[0]


@case(0.5, tags=T)
def carried_out_of_two(x):
    try:
        try:
            raise Far(x * x, scale=x)
        except Far as error:
            error_value = error.scaled
            raise
    except Odd as again:
        return again.args[0] * error_value


# -- finally
@case(0.5, 0, also=[(0.5, 1), (0.5, 2), (0.5, 3)], tags=T)
def finally_on_every_way(x, k):
    s = x
    for i in range(4):
        try:
            s = s * x
            if k == 0 and i == 2:
                break
            if k == 1 and i == 1:
                continue
            if k == 2 and i == 2:
                return s * 3.0
            s = s + 1.0
        finally:
            s = s + 0.5 * x
    return s * s


@case(0.5, 0, also=[(0.5, 1), (0.5, 2)], tags=T)
def finally_on_the_way_out(x, k):
    s = x
    try:
        for i in range(3):
            try:
                s = s * x
                if i == k:
                    raise Odd
                s = s + 1.0
            finally:
                s = s + 0.5 * x
                s = s * 2.0
    except Odd:
        s = s * s
    return s


@case(0.5, tags=T)
def finally_swallows_by_return(x):
    s = x
    try:
        s = s * x
        raise Odd
    finally:
        return s * 4.0  # noqa: B012


@case(0.5, 0, also=[(0.5, 1)], tags=T)
def finally_swallows_by_break(x, k):
    s = x
    for i in range(4):
        try:
            s = s * 3.0
            if i == 2:
                raise Odd
            if i == 1 and k == 1:
                return s
        finally:
            s = s + x
            if i > 0:
                break  # noqa: B012
    return s * x


@case(0.5, 0, also=[(0.5, 1)], tags=T)
def finally_overrides_a_return(x, k):
    s = x
    for i in range(3):
        try:
            s = s * 2.0
            if k == 0:
                return s
        finally:
            if i < 2:
                continue  # noqa: B012
            s = s + x
    return s * s


@case(0.5, -1.0, also=[(0.5, 1.0)], tags=T)
def finally_inside_of_another(x, t):
    s = x
    try:
        try:
            s = s * x
            s = s * positive(t)
        finally:
            try:
                s = s + x
                s = s / (t + 1.0)
            except ZeroDivisionError:
                s = s * 5.0
    except ValueError:
        s = s * 3.0
    return s


@case(0.5, tags=T)
def finally_raises_instead(x):
    s = x
    try:
        try:
            s = s * x
            raise KeyError
        finally:
            s = s * 2.0
            raise Odd
    except Odd:
        s = s + x
    return s


@case(0.5, tags=T)
def finally_after_return_in_try(x):
    s = x
    try:
        try:
            s = s * x
            return s
        finally:
            s = s + 1.0
            raise Odd
    except Odd:
        s = s * 3.0
    return s


# -- contexts
@case(V, 10, also=[(V, 2)], tags=T)
def suppressed_in_the_middle(v, n):
    s = 1.0
    with contextlib.suppress(IndexError):
        for i in range(n):
            s = s * v[i]
            s = s + 1.0
        s = s * 2.0
    return s * v[0]


@case(V, 1, also=[(V, 9)], tags=T)
def return_out_of_suppress(v, k):
    s = 1.0
    with contextlib.suppress(IndexError):
        for i in range(9):
            s = s + v[i] ** 2
            if i == k:
                return s * v[1]
        s = s * 10.0
    return s


@case(0.5, 0, also=[(0.5, 1)], tags=T)
def early_return_of_an_assigned_name(x, k):
    with contextlib.suppress(ValueError):
        t = x * x
        if k == 0:
            return t * 2.0
        t = t + positive(-x)
    return t + 1.0


@case(0.5, 0, also=[(0.5, 1), (0.5, 2)], tags=T)
def user_context_swallows(x, k):
    s = x
    guard = Swallow(Odd)
    try:
        with guard:
            s = s * x
            if k == 0:
                raise Far(s)
            s = s + 1.0
            if k == 1:
                raise KeyError
            s = s * 2.0
    except KeyError:
        s = s * 7.0
    return s * guard.left


@case(0.5, 0, also=[(0.5, 1)], tags=T)
def user_context_undoes(x, k):
    a = np.array([x, x * x])
    s = x
    try:
        with Undo(a, 0) as b:
            b[0] = 3.0 * x
            s = s * b[0]
            if k == 0:
                raise Odd
            b[1] = s
    except Odd:
        s = s + a[0]
    return s * a[0] + a[1]


@case(V, tags=T)
def context_in_loop_in_try(v):
    s = v[0]
    try:
        for i in range(9):
            with np.errstate(all="ignore"):
                s = s * 1.5
                s = s + v[i]
    except IndexError:
        s = s * s
    return s


@case(0.5, tags=T)
def two_contexts_at_once(x):
    s = x
    with contextlib.suppress(KeyError), Swallow(Odd) as guard:
        s = s * x
        guard.left = 2.0 * s
        raise Odd
    return s + guard.left


# -- names, zero trips, integers, the same array twice
@case(V, 0, also=[(V, 2), (V, 6)], tags=T)
def bound_in_the_body_only(v, n):
    try:
        for i in range(n):
            last = v[i] * v[0]
    except IndexError:
        last = last * 2.0
    else:
        last = v[1]
    return last


@case(V, tags=T)
def integers_count(v):
    n = 0
    s = 0.0
    for t in v:
        try:
            n += 1
            if t > 1.0:
                raise Odd
            n += 10
            s += t * n
        except Odd:
            n -= 5
            s *= n
    return s + n


@case(np.array([0.5, 1.5], dtype=np.float32), tags=T)
def single_precision(v: np.ndarray):
    a = v * 1
    try:
        for i in range(5):
            a[i] *= v[0]
            a = a + v
    except IndexError:
        a = a * a[0]
    return np.sum(a)


@case(np.array([0.5]), tags=T)
def size_one(v: np.ndarray):
    a = v * 2.0
    try:
        for i in range(3):
            a[i] = a[i] * v[i]
            a = a + v
    except IndexError:
        a = a * v
    return np.sum(a)


def both(a, b, k):
    a[k] = a[k] * 2.0
    b[k + 1] = b[k + 1] + a[k]


@case(np.array([0.5, 1.5, 2.5]), tags=T)
def the_same_array_twice(v):
    a = v * 1.0
    try:
        for k in range(4):
            both(a, a, k)
    except IndexError:
        a[0] = a[0] * a[2]
    return np.sum(a * v)


@case(0.5, tags=T)
def closure_that_raises(x):
    total = x

    def add(t):
        nonlocal total
        total = total * (1.0 + t)
        if t > 1:
            raise Odd
        total = total + 1.0

    try:
        for i in range(5):
            add(i)
    except Odd:
        total = total * 3.0
    return total


class Account:
    def __init__(self, sum_):
        self.sum = sum_
        self.moves = 0

    def take(self, t):
        self.moves += 1
        self.sum = self.sum - t
        if self.sum < 0:
            raise Odd(self.sum)
        self.sum = self.sum * 1.1


@case(2.0, 0.6, tags=T)
def object_that_raises(x, t):
    account = Account(x)
    try:
        for _ in range(6):
            account.take(t)
    except Odd as error:
        account.sum = account.sum * error.args[0]
    return account.sum * account.moves


@case(0.5, tags=T)
def assertion_after_a_change(x):
    s = x
    try:
        for _ in range(4):
            s = s * 2.0
            assert s < 3.0, "too much"
            s = s + x
    except AssertionError:
        s = s * x
    return s


@case(V, tags=T)
def retry_until_it_works(v):
    scale = 1.0
    while True:
        try:
            s = 0.0
            for t in v:
                s += positive(t + scale)
            break
        except ValueError:
            scale = scale * 1.5 + 0.1 * v[0]
    return s * scale


@case(V, tags=T)
def conditional_expression_raises(v):
    s = v[0]
    try:
        s = s * 2.0
        s = (v[1] if s > 5.0 else v[7]) + s
    except IndexError:
        s = s * s
    return s


@case(V, 0, also=[(V, 1), (V, 2)], tags=T)
def match_in_try(v, k):
    s = v[0]
    try:
        s = s * 2.0
        match k:
            case 0:
                s = s * v[9]
            case 1:
                s = s + 1.0
                raise Odd
            case _:
                s = s - 1.0
    except IndexError:
        s = s * 3.0
    except Odd:
        s = s * 5.0
    return s


# -- helpers, recursion, and what came before
class Wide(Odd):
    def __init__(self, a, b):
        super().__init__(a, b)
        self.both = a * b


@case(POSITIVE, tags=T)
def effects_before_the_index_raises(v):  # effect in a helper before the index raises
    log = []
    a = v * 1.0

    def f(k):
        log.append(a[k])
        a[k] = a[k] * 2.0
        return k

    s = v[0]
    try:
        for i in range(6):
            s = s + v[f(i)] * a[f(i) - 7 * (i == 2) + 9 * (i == 3)]
    except IndexError:
        s = s * len(log)
    return s + np.sum(a)


def rec(x, n):
    if n == 0:
        return x
    try:
        x = x * 1.5
        if n == 2:
            raise Odd
        x = x + 1.0
    except Odd:
        x = x * x
    return rec(x, n - 1)


@case(POSITIVE, tags=T)
def try_in_a_recursion(v):
    return rec(v[0], 4)


def deep(x, n):
    if n == 0:
        if x > 2.0:
            raise Odd
        return x * x
    return deep(x * 1.3, n - 1) * x


@case(POSITIVE, tags=T)
def recursion_that_raises_in_a_loop(v):
    s = v[0]
    try:
        for i in range(9):
            s = s * 1.5
            s = s + deep(s, i)
    except Odd:
        s = s * s
    return s


@case(POSITIVE, tags=T)
def else_and_finally_around_an_exception(v):
    s = 1.0
    for i in range(4):
        try:
            s = s * v[i]
            try:
                s = s + v[i + 1]
            finally:
                s = s * 1.5
        except IndexError:
            s = s * 2.0
            break
        else:
            s = s + 0.1
        finally:
            s = s + v[0]
    else:
        s = 100.0
    return s


def early(v, k):
    try:
        for i in range(9):
            if v[i] > 1.0:
                return v[i] * k
            k = k + v[i]
    except IndexError:
        return k * 3.0
    finally:
        v[0] = v[0] * 2.0
    return k


@case(POSITIVE, tags=T)
def early_return_with_finally_in_a_helper(v):
    a = v * 0.9
    b = v * 0.5
    return early(a, 1.0) + early(b, 2.0) + a[0] * b[0]


@case(POSITIVE, tags=T)
def unpacked_items_and_two_arguments(v):
    s = 0.0
    try:
        for i, (a, b) in enumerate(zip(v[:3], v[:3] * 2.0, strict=True)):
            s = s + a * b
            if i == 1:
                raise Wide(s, a)
    except Wide as e:
        s = s + e.both + e.args[1]
    return s


@case(POSITIVE, tags=T)
def keys_that_are_not_there_yet(v):
    d = {}
    s = 1.0
    for k in [0, 1, 0, 2]:
        try:
            s = s + d[k]
            d[k] = d[k] * 2.0
        except KeyError:
            d[k] = v[k] * s
    return s


class Res:
    def __init__(self, a):
        self.a = a
        self.n = 0

    def __enter__(self):
        self.n += 1
        return self

    def __exit__(self, t, e, tb):
        self.a = self.a * 2.0
        if t is not None and t is IndexError:
            self.n += 10
            return True
        return False


@case(POSITIVE, tags=T)
def user_context_swallows_in_a_loop(v):
    r = Res(v[0])
    s = v[1]
    for i in range(6):
        with r as q:
            s = s * q.a
            s = s + v[i]
            if i == 2:
                continue
            s = s + 1.0
    return s * r.n * r.a


@case(POSITIVE, tags=T)
def continue_in_a_finally(v):
    s = v[0]
    n = 0
    while n < 5:
        n += 1
        try:
            if n == 2:
                continue
            if n == 4:
                break
            s = s * v[n]
        except IndexError:
            s = 7.0
        finally:
            s = s + n * v[0]
            if n == 3:
                continue  # noqa: B012
        s = s * 1.1
    else:
        s = -1.0
    return s


@case(POSITIVE, tags=T)
def first_targets_are_assigned(v):
    a = v * 1.0
    try:
        a[0], a[1], a[9] = a[1] * 2.0, a[0] * 3.0, 5.0
    except IndexError:
        a[2] = a[0] * a[1]
    return np.sum(a * v)


@case(POSITIVE, tags=T)
def list_of_arrays_until(v):
    rows = [v * 1.0, v * 2.0]
    try:
        for i in range(3):
            rows[i] = rows[i] * v[0]
            rows[i][0] = 7.0 * v[i]
    except IndexError:
        rows[0] = rows[0] + 1.0
    return np.sum(rows[0] * rows[1])
