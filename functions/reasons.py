"""The sentence that says why a sale is held."""

from __future__ import annotations


def price(value: float, usual: float, whose: str) -> str:
    """The price is far from the usual."""
    return f"unit price {_money(value)} is {_times(value / usual)} the usual {_money(usual)} for {whose}"


def slip(value: float, meant: float, whose: str) -> str:
    """The decimal point of the price is in the wrong place."""
    times = _times(value / meant)
    return f"unit price {_money(value)} is {times} {_money(meant)}, a price of {whose}: did the decimal point slip?"


def swap(value: float, count: float, meant: float, whose: str) -> str:
    """Price and quantity took each other's place."""
    return (
        f"unit price {_money(value)} is no price of {whose} but a quantity that it sells in, and quantity "
        f"{count:,.10g} is about its price {_money(meant)}: were they swapped?"
    )


def quantity(value: float, large: float, whose: str) -> str:
    """The quantity is far above what is large."""
    return f"quantity {value:,.10g} is {_times(value / large)} the {large:,.4g} that is large for {whose}"


def hundredfold(value: float, large: float, whose: str) -> str:
    """The quantity is a hundred times one that sells."""
    return f"{quantity(value, large, whose)}, and a hundred times {value / 100:,.10g}, which is usual"


def off(name: str, value: float, usual: float, whose: str) -> str:
    """A price or quantity is off the usual."""
    if name == "unit_price":
        return price(value, usual, whose)
    return f"quantity {value:,.10g} is {_times(abs(value) / usual)} the usual {usual:,.4g} for {whose}"


def _money(value: float) -> str:
    """With two decimals, or as many as a small price needs."""
    return f"{value:,.2f}" if value >= 1 or round(value, 2) == value else f"{value:.3g}"


def _times(ratio: float) -> str:
    return f"1/{_short(1 / ratio)} of" if ratio < 1 else f"{_short(ratio)} times"


def _short(number: float) -> str:
    """Two digits that count, or all before the decimal point of a small number."""
    if number < 10:
        return f"{number:.1f}".removesuffix(".0")
    return f"{float(f'{number:.2g}'):,.0f}"
