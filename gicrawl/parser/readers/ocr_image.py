"""Pictures made ready for reading: decoded within bounds, dark on white, and straight.

Lengths are in pixels here.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image, ImageOps, ImageSequence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Grey = NDArray[np.uint8]
    Ink = NDArray[np.uint8]

cv2.setNumThreads(1)  # the same order of work, whatever the computer

MOST_PIXELS: Final = 60_000_000
"""Of one picture: a page of A3 at 400 dpi has 30 million."""
_LONGEST: Final = 4200  # pixels of an edge that is looked at; finer pictures are made smaller
_LONG_PAGE: Final = 3.0  # times as high as wide: a long picture of several pages, whose width counts
_MOST_LEANING: Final = 10.0  # degrees
_COARSE: Final = 0.2  # degrees
_FINE: Final = 0.02
_STRAIGHT: Final = 0.03  # degrees: turning by less blurs more than it helps
_SAMPLED: Final = 40_000  # pixels of ink the angle is found from
_LIGHT: Final = 0.82  # of the paper around it: ink is darker
_PAPER: Final = 61  # pixels around a place that tell how light the paper is there
_GRAIN: Final = 7.0  # greys a picture differs from its neighbourhood by on average; clean print: three, scans: five
_DARK_PAPER: Final = 110
_FORMATS: Final = ("PNG", "JPEG", "GIF", "TIFF", "BMP", "WEBP")


@dataclass(frozen=True, slots=True)
class Straight:
    """A picture turned straight.

    Attributes:
        grey: 0 is black, 255 white.
        ink: 1 where something is printed, else 0.
        matrix: from its places to those of the picture as it was, row by row (2 by 3).
    """

    grey: Grey
    ink: Ink
    matrix: tuple[float, ...]

    def original(self, box: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
        """The box around a box of the straight picture in the picture as it was."""
        x0, y0, x1, y1 = box
        a, b, c, d, e, f = self.matrix
        xs = [a * x + b * y + c for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        ys = [d * x + e * y + f for x, y in ((x0, y0), (x1, y0), (x0, y1), (x1, y1))]
        return min(xs), min(ys), max(xs), max(ys)


def frames(body: bytes, most: int) -> tuple[list[Grey], str | None]:
    """The pictures in a file, greyed, and the code of the problem that ended it early.

    Args:
        body: of a file in one of the formats that portals use.
        most: so many pages of a TIFF are decoded; of an animated GIF or WebP only the first frame is a page.
    """
    found: list[Grey] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large pictures and odd metadata: what matters raises, or is measured
            ended = _decode(body, most, found)
    except Image.DecompressionBombError:
        return [], "picture_too_large"
    except Exception:  # noqa: BLE001 - Pillow's decoders raise whatever they stumble over: SyntaxError, struct.error …
        return [], "picture_damaged"  # what was decoded before the damage is no half of a report
    return found, "picture_too_large" if ended else None


def _decode(body: bytes, most: int, found: list[Grey]) -> bool:
    """Add the pictures of a file; whether there are more, or larger ones, than are read."""
    with Image.open(BytesIO(body), formats=_FORMATS) as picture:
        if picture.width * picture.height > MOST_PIXELS:
            return True
        if picture.format != "TIFF":
            found.append(_greyed(picture))
            return False
        for number, page in enumerate(ImageSequence.Iterator(picture)):
            if number >= most or page.width * page.height > MOST_PIXELS:
                return True
            found.append(_greyed(page))
    return False


def _greyed(picture: Image.Image) -> Grey:
    upright = ImageOps.exif_transpose(picture)
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        seen = upright.convert("RGBA")
        paper = Image.new("RGBA", seen.size, "white")
        paper.alpha_composite(seen)
        upright = paper
    elif upright.mode.startswith("I;16"):
        return (np.asarray(upright) >> 8).astype(np.uint8)
    return np.asarray(upright.convert("L"))


def fitted(grey: Grey) -> tuple[Grey, float]:
    """The picture no larger than is looked at, and how many times smaller it was made."""
    height, width = grey.shape
    longest = width if height > _LONG_PAGE * width else max(height, width)
    if longest <= _LONGEST:
        return grey, 1.0
    times = longest / _LONGEST
    size = (round(width / times), round(height / times))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8), times


def ink_of(grey: Grey) -> Ink:
    """Where something is printed: darker than the paper around it, which may be shaded or grey."""
    height, width = grey.shape
    around = min(_PAPER, 2 * (min(height, width) // 4) + 1)
    small = cv2.resize(grey, (max(width // 4, 1), max(height // 4, 1)), interpolation=cv2.INTER_AREA)
    kernel = np.ones((max(around // 4, 1), max(around // 4, 1)), np.uint8)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REPLICATE)
    paper = cv2.resize(cv2.blur(paper, (5, 5)), (width, height), interpolation=cv2.INTER_LINEAR)
    return (grey < _LIGHT * paper.astype(np.float32)).astype(np.uint8)


def straightened(grey: Grey) -> Straight:
    """The picture turned so that its lines lie level; light on dark becomes dark on white."""
    if float(np.median(grey)) < _DARK_PAPER:
        grey = (255 - grey).astype(np.uint8)
    smooth = _smoothed(grey)
    ink = ink_of(smooth)
    angle = leaning(ink)
    if abs(angle) < _STRAIGHT:
        return Straight(grey, ink, (1.0, 0.0, 0.0, 0.0, 1.0, 0.0))
    height, width = grey.shape
    forth = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    paper = int(np.percentile(grey, 90))
    turned = cv2.warpAffine(
        grey, forth, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT, borderValue=paper
    ).astype(np.uint8)
    back = cv2.invertAffineTransform(forth)
    return Straight(turned, ink_of(_smoothed(turned)), tuple(float(value) for value in back.ravel()))


def _smoothed(grey: Grey) -> Grey:
    """The picture with its grain taken out, where that is so coarse that it would pass for ink."""
    smooth = cv2.medianBlur(grey, 3)
    grain = float(cv2.absdiff(grey, smooth).mean())
    return smooth.astype(np.uint8) if grain > _GRAIN else grey


def leaning(ink: Ink) -> float:
    """Degrees by which lines lean, counted clockwise: the angle at which ink gathers in the fewest rows."""
    ys, xs = np.nonzero(ink)
    if not len(ys):
        return 0.0
    step = max(1, len(ys) // _SAMPLED)
    x, y = xs[::step].astype(np.float64), ys[::step].astype(np.float64)
    steps = round(_MOST_LEANING / _COARSE)
    best = max(
        (at * _COARSE for at in range(-steps, steps + 1)), key=lambda angle: (_gathered(x, y, angle), -abs(angle))
    )
    near = round(_COARSE / _FINE)
    return max(
        (best + at * _FINE for at in range(-near, near + 1)), key=lambda angle: (_gathered(x, y, angle), -abs(angle))
    )


def _gathered(x: NDArray[np.float64], y: NDArray[np.float64], angle: float) -> float:
    level = y - x * math.tan(math.radians(angle))
    rows = np.bincount((level - level.min()).astype(np.int64)).astype(np.float64)
    return float((rows * rows).sum())
