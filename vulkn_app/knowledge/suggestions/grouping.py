"""Questions about the same thing, put together: average linkage, then groups whose centres point the same way, then
without those who stand apart. Pure Python, a few seconds for two thousand questions: call it in a thread."""

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from vulkn_app.knowledge.suggestions.topics import Space, Vector, alike, centre, leaning, product

# Chosen on the development questions and on halves of them; neighbouring values do about as well.
TOGETHER = 0.5  # mean likeness of all pairs of two groups
SAME = 0.65  # likeness of two groups' centres
BELONGS = 0.7  # likeness of a question to its group's centre


def groups(texts: Sequence[str]) -> list[list[int]]:
    """Numbers of texts, the largest group first; those that belong nowhere are in none."""
    vectors = leaning(Space(texts).vectors())
    joined = _join_centres(vectors, [group for group in _link(alike(vectors)) if len(group) > 1])
    kept = [_without_strangers(vectors, group) for group in joined]
    return sorted((group for group in kept if len(group) > 1), key=lambda group: (-len(group), group[0]))


def _link(near: list[dict[int, float]]) -> list[list[int]]:
    """Joins the two groups that are most alike, until none are alike enough. `near` is used up: it keeps the sums of
    likeness between groups."""
    members = [[number] for number in range(len(near))]
    waiting = [
        (-share, one, other)
        for one, others in enumerate(near)
        for other, share in others.items()
        if one < other and share >= TOGETHER
    ]
    heapify(waiting)
    while waiting:
        mean, one, other = heappop(waiting)
        if other not in near[one] or _mean(near, members, one, other) != -mean:
            continue  # one of them is in a larger group by now
        if len(near[one]) < len(near[other]):
            one, other = other, one
        _absorb(near, members, one, other)
        for third in near[one]:
            mean = _mean(near, members, one, third)
            if mean >= TOGETHER:
                heappush(waiting, (-mean, min(one, third), max(one, third)))
    return [group for group in members if group]


def _mean(near: list[dict[int, float]], members: list[list[int]], one: int, other: int) -> float:
    return near[one][other] / (len(members[one]) * len(members[other]))


def _absorb(near: list[dict[int, float]], members: list[list[int]], one: int, other: int) -> None:
    members[one] += members[other]
    members[other] = []
    for third, total in near[other].items():
        del near[third][other]
        if third != one:
            near[one][third] = near[third][one] = near[one].get(third, 0.0) + total
    near[other] = {}


def _join_centres(vectors: Sequence[Vector], found: list[list[int]]) -> list[list[int]]:
    """Groups that ask for the same thing of different objects: apart pair by pair, together as wholes."""
    found = [list(group) for group in found]
    while True:
        centres = [centre([vectors[number] for number in group]) for group in found]
        pairs = (
            (share, one, other)
            for one, near in enumerate(alike(centres, SAME))
            for other, share in near.items()
        )
        best = max(pairs, default=None)
        if best is None:
            return found
        _, one, other = best
        found[min(one, other)] += found.pop(max(one, other))


def _without_strangers(vectors: Sequence[Vector], group: list[int]) -> list[int]:
    if len(group) < 3:
        return sorted(group)
    middle = centre([vectors[number] for number in group])
    return sorted(number for number in group if product(vectors[number], middle) >= BELONGS)
