"""The recogniser: pictures of single lines in, what stands in them out, with how sure each character is.

The network and its alphabet come in the wheel of `rapidocr` (PP-OCRv6 small; Apache-2.0) and are run by ONNX Runtime
alone: nothing is downloaded, and only the recogniser is used, because where lines and cells are is better told by the
ruling lines of a table than by a detector, which passes over lone zeros. One thread and no other source of chance: the
same picture gives the same text.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]

LIBRARIES: Final = ("numpy", "onnxruntime", "opencv-python-headless", "Pillow", "rapidocr")
"""Distributions that what is recognised depends on; all come with the extra `ocr`."""

EXTRA: Final = "gicrawl[ocr]"
_MODULES: Final = ("cv2", "numpy", "onnxruntime", "PIL", "rapidocr")
_MODEL: Final = "PP-OCRv6_rec_small.onnx"
_HEIGHT: Final = 48  # pixels: of every picture the network sees
_STEP: Final = 8  # pixels: it says one character or none for each
_NARROWEST: Final = 48
_WIDEST: Final = 2400  # of a line of 50 characters; a longer one is squeezed
_BATCH: Final = 2400  # pixels side by side in one run: more take memory and no less time
_SLACK: Final = 1.15  # narrower pictures of a batch are padded; more than that and the padding costs more than it saves
_BLANK: Final = 0  # class of "no character"
_LEAST: Final = 0.002  # probability of another character worth naming
_OTHERS: Final = 4
_SAME_SHAPE: Final = {
    **dict.fromkeys("OoQD〇○◯。０", "0"),
    **dict.fromkeys("lI丨１", "1"),
    **dict.fromkeys("—－–−一", "-"),
    **dict.fromkeys("／", "/"),
}
"""What is drawn alike, or nearly so, by the digit or mark it is where a figure stands."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as recognised.

    Attributes:
        text: the most likely one.
        sure: its probability by the network, 0 to 1.
        others: what else it may be, with probabilities, the likeliest first.
    """

    text: str
    sure: float
    others: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """A line as recognised; `unsaid` is the highest probability of a character where none was taken."""

    glyphs: tuple[Glyph, ...]
    unsaid: float = 0.0

    @property
    def text(self) -> str:
        """What stands there."""
        return "".join(glyph.text for glyph in self.glyphs)

    @property
    def sure(self) -> float:
        """Probability of the least sure character, and of there being no other."""
        return min([*(glyph.sure for glyph in self.glyphs), 1.0 - self.unsaid])

    @property
    def mean(self) -> float:
        """How sure its characters are on average; 0 where there are none."""
        return sum(glyph.sure for glyph in self.glyphs) / len(self.glyphs) if self.glyphs else 0.0

    def as_figure(self) -> Read:
        """The same where nothing but a figure can stand: a ring is a zero there, whatever letter has that shape."""
        return Read(tuple(_figure(glyph) for glyph in self.glyphs), self.unsaid)


def _figure(glyph: Glyph) -> Glyph:
    shares: dict[str, float] = {}
    for text, sure in ((glyph.text, glyph.sure), *glyph.others):
        shape = _SAME_SHAPE.get(text, text)
        shares[shape] = shares.get(shape, 0.0) + sure
    (text, sure), *others = sorted(shares.items(), key=lambda share: -share[1])
    return Glyph(text, min(sure, 1.0), tuple(others))


def is_here() -> bool:
    """Whether the extra is installed."""
    return all(importlib.util.find_spec(module) is not None for module in _MODULES)


@cache
def _network() -> tuple[Any, list[str]]:
    """The network and its alphabet, loaded once in a process (a fifth of a second, 60 MB)."""
    import onnxruntime  # noqa: PLC0415 - an extra, and who has no picture shall not wait for it

    found = importlib.util.find_spec("rapidocr")
    assert found is not None
    assert found.submodule_search_locations
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # it would keep the largest page's memory for good
    options.log_severity_level = 3
    path = Path(found.submodule_search_locations[0]) / "models" / _MODEL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    alphabet = session.get_modelmeta().custom_metadata_map["character"].split("\n")
    return session, ["", *alphabet, " "]


def recognise(lines: Sequence[Grey]) -> list[Read]:
    """What stands in pictures of single lines.

    Args:
        lines: dark on white, a little white around; any size.

    Returns:
        One reading for each, in order.
    """
    if not lines:
        return []
    import cv2  # noqa: PLC0415 - an extra
    import numpy as np  # noqa: PLC0415

    session, alphabet = _network()
    name = session.get_inputs()[0].name
    scaled = []
    for line in lines:
        height, width = line.shape
        to = min(max(round(width * _HEIGHT / height), 8), _WIDEST)
        how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC
        scaled.append(cv2.resize(line, (to, _HEIGHT), interpolation=how))
    found: list[Read | None] = [None] * len(lines)
    for batch in _batches([picture.shape[1] for picture in scaled]):
        width = max(_NARROWEST, *(scaled[at].shape[1] for at in batch))
        width = -(-width // _STEP) * _STEP
        given = np.ones((len(batch), 3, _HEIGHT, width), np.float32)
        for row, at in enumerate(batch):
            given[row, :, :, : scaled[at].shape[1]] = scaled[at].astype(np.float32) / 127.5 - 1.0
        (said,) = session.run(None, {name: given})
        for row, at in enumerate(batch):
            found[at] = _decoded(said[row], alphabet)
    return [read for read in found if read is not None]


def _batches(widths: Sequence[int]) -> Iterator[list[int]]:
    """Numbers of pictures of nearly one width."""
    order = sorted(range(len(widths)), key=lambda at: widths[at])
    batch: list[int] = []
    for at in order:
        if batch and (
            widths[at] > max(_SLACK * widths[batch[0]], _NARROWEST) or (len(batch) + 1) * widths[at] > _BATCH
        ):
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _decoded(said: NDArray[np.float32], alphabet: Sequence[str]) -> Read:
    """Characters from what is said step by step (connectionist temporal classification: repeats are one)."""
    best = said.argmax(axis=1)
    starts = [0, *(at for at in range(1, len(best)) if best[at] != best[at - 1]), len(best)]
    glyphs, unsaid = [], 0.0
    for start, end in pairwise(starts):
        kind = int(best[start])
        if kind == _BLANK:
            unsaid = max(unsaid, float(1.0 - said[start:end, _BLANK].min()))
            continue
        peak = start + int(said[start:end, kind].argmax())
        sure = float(said[peak, kind])
        others: tuple[tuple[str, float], ...] = ()
        if sure < 1.0 - _LEAST:
            likely = said[peak].argsort()[::-1][1 : _OTHERS + 1]
            others = tuple((alphabet[one], float(said[peak, one])) for one in likely if said[peak, one] >= _LEAST)
        glyphs.append(Glyph(alphabet[kind], sure, others))
    while glyphs and glyphs[0].text == " ":
        del glyphs[0]
    while glyphs and glyphs[-1].text == " ":
        del glyphs[-1]
    return Read(tuple(glyphs), unsaid)
