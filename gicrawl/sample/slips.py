"""Slips that officers make and no sum tells: planted one at a time, with what a checker has to say of each.

A slip is put in where an office makes it: in the numbers before the text is written, in the text, in the title, or by
leaving a part out. Whoever reads reports knows nothing of this list; what is found is compared with what is planted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gicrawl.sample.identities import Finding

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from gicrawl.sample.content import Parts
    from gicrawl.sample.figures import Figures, Numbers
    from gicrawl.sample.prose import Prose

NO_SLIP = "none"
FAIL = "fail"
_NEW = ("applications", "new_received", "total")
_CARRIED_IN = ("applications", "carried_in", "total")
_DONE = ("applications", "results_total", "total")
_LEFT = ("applications", "carried_out", "total")
_REVIEWS = ("review_litigation", "review", "total")


@dataclass(slots=True)
class Draft:
    """A report while it is being written.

    Attributes:
        title: as it will be printed.
        prose: its text.
        year: reported on.
        we: how the office calls itself.
        stated: the findings that the slip planted; empty where it could not be planted.
    """

    title: str
    prose: Prose
    year: int
    we: str
    stated: tuple[Finding, ...] = ()

    def plant(self, *ids: str) -> None:
        """Note what has to be said of it."""
        self.stated = tuple(Finding(name, FAIL, "") for name in ids)


def told_otherwise(rng: random.Random, slip: str, numbers: Numbers) -> Numbers:
    """The numbers as the text tells them: those of the tables, but for the slip."""
    changed = {"requests_told": _NEW, "replies_told": _DONE, "reviews_told": _REVIEWS, "carried_told": _LEFT}.get(slip)
    if slip == "noughts":
        return dict.fromkeys(numbers, 0)
    if changed is None:
        return numbers
    if not (numbers[_NEW] and numbers[changed]):
        return numbers
    meant = {numbers[_NEW], numbers[_NEW] + numbers[_CARRIED_IN], numbers[_DONE], numbers[changed]}
    other = numbers[changed] + rng.randint(1, 9)
    while other in meant:
        other += 1
    return {**numbers, changed: other}


def plant(rng: random.Random, slip: str, draft: Draft) -> None:
    """Put a slip into title or text; one of another kind leaves both alone.

    Args:
        rng: source of the drawing.
        slip: one of `SLIPS`.
        draft: what is changed.
    """
    if slip in _TEXTS:
        _TEXTS[slip](rng, draft)


def _stuttered_title(rng: random.Random, draft: Draft) -> None:
    at = draft.title.rindex("信息公开") + rng.randint(0, 3)
    draft.title = draft.title[: at + 1] + draft.title[at:]
    draft.plant("F_TITLE")


def _title_without_year(_rng: random.Random, draft: Draft) -> None:
    draft.title = draft.title.replace(f"{draft.year}年度", "").replace(f"{draft.year}年", "")
    if str(draft.year) not in draft.prose.opening[0]:
        return
    _state_period(draft, f"自{draft.year}年1月1日起至{draft.year}年12月31日止")
    draft.plant("F_TITLE")


def _state_period(draft: Draft, period: str) -> None:
    """A period in the opening, instead of the one that may stand there."""
    text = draft.prose.opening[0]
    cut = text.find("。") + 1
    draft.prose.opening[0] = f"{text[:cut]}本报告所列数据的统计期限{period}。"


def _torn_period(rng: random.Random, draft: Draft) -> None:
    year = draft.year
    _state_period(draft, rng.choice((f"自{year}11日至{year}1231日", f"自己{year}年1月1日起至{year}年12月31日止")))
    draft.plant("F_PERIOD")


def _period_of_last_year(_rng: random.Random, draft: Draft) -> None:
    _state_period(draft, f"自{draft.year - 1}年1月1日起至{draft.year - 1}年12月31日止")
    draft.plant("F_PERIOD", "D_YEAR")


def _opening_of_last_year(_rng: random.Random, draft: Draft) -> None:
    text = draft.prose.opening[0]
    cut = text.find("。") + 1
    draft.prose.opening[0] = text[:cut].replace(str(draft.year), str(draft.year - 1)) + text[cut:]
    if draft.prose.opening[0] != text:
        draft.plant("F_YEAR_LEFT")


def _fees_of_last_year(_rng: random.Random, draft: Draft) -> None:
    draft.prose.other[:] = [f"{draft.year - 1}年度没有收取信息处理费，也没有其他需要报告的事项。"]
    draft.plant("F_YEAR_LEFT")


def _stand_of_last_year(rng: random.Random, draft: Draft) -> None:
    count = rng.randint(200, 9000)
    draft.prose.overview.append(f"截至{draft.year - 1}年12月31日，专栏存有信息{count}条。")
    draft.plant("F_YEAR_LEFT")


def _wrong_notice(rng: random.Random, draft: Draft) -> None:
    right, _old = ("〔2021〕30号", "〔2019〕60号") if draft.year > 2020 else ("〔2019〕60号", "")  # noqa: PLR2004
    wrong = [f"国办公开函{right}", "国办公开办函〔2019〕16号", "国办公开办函〔2020〕30号"]
    cited = rng.choice([*wrong, f"国办公开办函{_old}"] if _old else wrong)
    draft.prose.opening.append(
        f"本年度报告的格式按照国务院办公厅政府信息与政务公开办公室有关年度报告的通知（{cited}）执行。"
    )
    draft.plant("F_CITATION")


def _old_decree(_rng: random.Random, draft: Draft) -> None:
    draft.prose.opening.append("《条例》（国务院令第492号）规定的各项任务均已落实。")
    draft.plant("F_DECREE")


def _fees_twice(rng: random.Random, draft: Draft) -> None:
    first, second = rng.sample(range(10, 900), k=2)
    draft.prose.overview.append(f"全年收取信息处理费{first}元。")
    draft.prose.other[:] = [f"{draft.year}年收取信息处理费的总金额为{second}元。没有其他需要报告的事项。"]
    draft.plant("F_FEES_TWICE")


def _unfilled(rng: random.Random, draft: Draft) -> None:
    mark = rng.choice(("XX", "××", "**", "（）", "/"))
    draft.prose.overview.append(f"{draft.we}全年制发政策解读{mark}篇，共公开办事指南{mark}件。")
    draft.plant("F_PLACEHOLDER")


def _short_overview(rng: random.Random, draft: Draft) -> None:
    draft.prose.overview[:] = [rng.choice(("工作平稳有序。", "按上级要求完成各项任务。"))]
    draft.prose.facts.clear()
    draft.plant("F_SUMMARY_SHORT")


def _parts_told(rng: random.Random, draft: Draft) -> None:
    parts = [rng.randint(40, 400) for _ in range(rng.randint(2, 4))]
    total = sum(parts) + rng.choice((-1, 1)) * rng.randint(1, 8)
    names = rng.sample(("机构信息", "工作动态", "财政信息", "民生信息", "应急信息"), k=len(parts))
    listed = "、".join(f"{name}{part}条" for name, part in zip(names, parts, strict=True))
    draft.prose.overview.append(f"全年更新专栏信息{total}条，其中{listed}。")
    draft.plant("N_SUM")


def _share_told(rng: random.Random, draft: Draft) -> None:
    total = rng.randint(60, 900)
    part = rng.randint(10, total // 2)
    wrong = round(100 * part / total + rng.choice((2, 3, 7)), 1)
    draft.prose.overview.append(f"编发简报{total}篇，其中被上级采用{part}篇，占{wrong}%。")
    draft.plant("N_RATE")


_TEXTS: dict[str, Callable[[random.Random, Draft], None]] = {
    "stuttered_title": _stuttered_title,
    "title_without_year": _title_without_year,
    "torn_period": _torn_period,
    "period_of_last_year": _period_of_last_year,
    "opening_of_last_year": _opening_of_last_year,
    "fees_of_last_year": _fees_of_last_year,
    "stand_of_last_year": _stand_of_last_year,
    "wrong_notice": _wrong_notice,
    "old_decree": _old_decree,
    "fees_twice": _fees_twice,
    "unfilled": _unfilled,
    "short_overview": _short_overview,
    "parts_told": _parts_told,
    "share_told": _share_told,
}
_PARTS: dict[str, tuple[int, str, str]] = {
    "no_overview": (0, "F_OVERVIEW_MISSING", ""),
    "no_review_table": (3, "F_PART_MISSING", "review_litigation"),
    "no_problems": (4, "F_PROBLEMS_MISSING", ""),
    "no_other_matters": (5, "F_OTHER_MATTERS_MISSING", ""),
}
_FIELDS = ("overview", "articles", "applications", "review", "problems", "other")
SLIPS = (
    *_TEXTS,
    *_PARTS,
    "requests_told",
    "replies_told",
    "carried_told",
    "reviews_told",
    "noughts",
)
"""Every slip there is."""


def left_out(slip: str, parts: Parts) -> Parts:
    """The report without the part that the slip leaves out, its heading included."""
    if slip not in _PARTS:
        return parts
    index = _PARTS[slip][0]
    headings = tuple("" if at == index else heading for at, heading in enumerate(parts.headings))
    return replace(parts, headings=headings, **{_FIELDS[index]: ()})


def left_out_table(slip: str) -> str:
    """The table that the slip leaves out; empty where it leaves out none."""
    return _PARTS[slip][2] if slip in _PARTS else ""


def findings_of(slip: str, draft: Draft, figures: Figures) -> tuple[Finding, ...]:
    """What has to be said of the slip, beside numbers told otherwise than printed."""
    if slip in _PARTS:
        _, name, place = _PARTS[slip]
        return (Finding(name, FAIL, place),)
    if slip == "noughts" and not any(figure.value for figure in figures.values()):
        return (Finding("F_ALL_ZEROS", FAIL, ""),)
    return draft.stated
