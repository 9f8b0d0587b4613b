"""Reports printed by Chromium, drawn as pictures, straight and leaning, clean and spoiled: what is read of them.

    python tests/prove/ocr_pages.py --seeds 0-10 [--kinds 150,200,150+1,200+1,150+1+scan] [--beside]
    python tests/prove/ocr_pages.py --pages tests/parser/scans

A kind is dots an inch, degrees of leaning and harm (`scan`: blurred, noisy and packed as JPEG; `worn`: more of it). A
document is told by its kind and seed. Figures are added up in a journal, so that a run that was stopped goes on where
it was; a journal made by another commit is not continued. `--beside` times rapidocr on the same whole pages, page by
page in turns. `--pages` writes the pages that the suite reads. Chromium and the fonts below are needed.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

CANNOT = 77
"""How a proof ends that is not to be tried on this machine."""
PROGRAMS = ("chromium-headless-shell", "chromium")


def _lacking() -> str | None:
    """What is not here and has to be."""
    modules = ("cv2", "numpy", "onnxruntime", "PIL", "rapidocr")
    if missing := [name for name in modules if importlib.util.find_spec(name) is None]:
        return f"{', '.join(missing)} of the extra for pictures (pip install 'gicrawl[ocr]')"
    return None if any(map(shutil.which, PROGRAMS)) else "Chromium, which prints the reports (make components)"


if __name__ == "__main__" and (lacking := _lacking()) is not None:
    sys.stderr.write(f"ocr_pages: not to be tried here: it needs {lacking}\n")
    raise SystemExit(CANNOT)

import cv2  # noqa: E402 - parts of an extra
import numpy as np  # noqa: E402
import pypdfium2  # noqa: E402
from PIL import Image  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "prove")]

from roundtrip.printing import Made, sheet_of  # noqa: E402 - the generator stands beside this file
from roundtrip.verdicts import SURE, judged  # noqa: E402
from roundtrip.web_pages import page, table  # noqa: E402

from gicrawl.parser import parse  # noqa: E402
from gicrawl.parser.document import Source  # noqa: E402

FONTS = ("WenQuanYi Zen Hei", "AR PL SungtiL GB")
"""Sans and serif; Debian's fonts-wqy-zenhei and fonts-arphic-gbsn00lp."""
KINDS = "150,200,150+1,200+1,150+1+scan,150+1+worn"
_STYLE = (
    "<style>@page{{size:A4;margin:20mm}}body{{font:{text}pt/1.6 '{font}'}}table{{border-collapse:collapse;width:100%;"
    "font-size:{cell}pt;line-height:1.3}}td,th{{border:.6pt solid #000;padding:2pt 3pt;text-align:center}}"
    "p{{text-indent:2em;margin:4pt 0}}h1{{font-size:16pt;text-align:center}}</style>"
)
_HARMS = {"scan": (0.7, 12, 45), "worn": (1.3, 28, 30)}
"""Blur in pixels at 150 dots an inch, noise in greys, quality of the JPEG."""
_COUNTS = ("cells", "printed", "exact", "wrong", "missed", "denied", "extra", "sure", "surest", "backed")


def printed(seed: int) -> Made:
    """A report as Chromium prints it to PDF."""
    sheet, draw = sheet_of("html_plain", ["none"], seed, ("form2019", "form2021")[seed % 2])
    style = _STYLE.format(text=draw.choice((10.5, 12)), cell=draw.choice((9, 10.5)), font=FONTS[seed // 2 % 2])
    html = page(sheet, lambda grid: table(grid.rows)).replace("</head>", style + "</head>")
    program = next(filter(None, map(shutil.which, PROGRAMS)), PROGRAMS[-1])
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "report.html", Path(folder) / "report.pdf"
        source.write_text(html, encoding="utf-8")
        command = [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
        subprocess.run([*command, f"--print-to-pdf={target}", source.as_uri()], check=True, capture_output=True)
        body = target.read_bytes()
    return Made(f"ocr-{seed}", body, sheet.form, sheet.year, sheet.truth())


def drawn(body: bytes, kind: str, seed: int) -> list[Image.Image]:
    """The pages of a PDF as a scanner would give them."""
    dots, lean, harm = (*kind.split("+"), *("0", "")[kind.count("+") :])
    noise = np.random.default_rng(seed)
    pictures = []
    for sheet in pypdfium2.PdfDocument(body):
        picture = sheet.render(scale=int(dots) / 72, grayscale=True).to_pil()
        if float(lean):
            picture = picture.rotate(float(lean), resample=Image.Resampling.BICUBIC, fillcolor=255)
        grey = np.asarray(picture)
        picture = Image.fromarray(grey)
        if harm:
            blur, rough, quality = _HARMS[harm]
            grey = cv2.GaussianBlur(grey, (0, 0), blur * int(dots) / 150)
            grey = np.clip(grey * 0.9 + 10 + noise.normal(0, rough, grey.shape), 0, 255).astype(np.uint8)
            held = io.BytesIO()
            Image.fromarray(grey).save(held, "JPEG", quality=quality)
            picture = Image.open(held).convert("L")
        pictures.append(picture)
    return pictures


def scanned(pictures: list[Image.Image], kind: str) -> bytes:
    """Pictures as a scanner packs them: a PDF of nothing but pictures."""
    held, dots = io.BytesIO(), int(kind.split("+", maxsplit=1)[0])
    pictures[0].save(held, "PDF", save_all=True, append_images=pictures[1:], resolution=dots, quality=90)
    return held.getvalue()


def measured(seed: int, kind: str, *, beside: bool) -> dict[str, Any]:
    """One document read and judged."""
    made = printed(seed)
    pictures = drawn(made.body, kind, seed)
    began = time.process_time()
    report = parse([Source(scanned(pictures, kind))])
    spent = time.process_time() - began
    verdict = judged(made, report)
    cells = {cell.key: cell for cell in report.cells}
    unsaid = [
        slip
        for slip in verdict.slips
        if slip.what in {"wrong", "extra"} and slip.confidence >= SURE and not cells[slip.key].flags
    ]
    line: dict[str, Any] = {
        "kind": kind,
        "seed": seed,
        "status": report.status.value,
        "pages": len(pictures),
        "seconds": round(spent, 2),
        **{name: verdict.counts[name] for name in _COUNTS},
        "sure_and_unflagged": len(unsaid),
        "slips": [[slip.what, "/".join(slip.key), slip.printed, slip.read, slip.confidence] for slip in verdict.slips],
    }
    if beside:
        from rapidocr import RapidOCR  # noqa: PLC0415 - slow to load, and only wanted here

        engine = RapidOCR(params={"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1})
        began = time.process_time()
        for picture in pictures:
            engine(np.asarray(picture.convert("RGB")))
        line["whole_page_seconds"] = round(time.process_time() - began, 2)
    return line


def summed(lines: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Figures for each kind."""
    sums: dict[str, Counter[str]] = {}
    for line in lines:
        counts = sums.setdefault(str(line["kind"]), Counter())
        counts.update(
            {name: value for name, value in line.items() if isinstance(value, int | float) and name != "seed"}
        )
        counts["documents"] += 1
    return {
        kind: {
            **{name: counts[name] for name in ("documents", "pages", *_COUNTS, "sure_and_unflagged")},
            "seconds_a_page": round(counts["seconds"] / counts["pages"], 2),
            **(
                {"beside_whole_pages": round(counts["seconds"] / counts["whole_page_seconds"], 2)}
                if counts["whole_page_seconds"]
                else {}
            ),
        }
        for kind, counts in sums.items()
    }


def _pages(folder: Path) -> None:
    """The pages the suite reads, in 16 greys, and what is printed on them."""
    folder.mkdir(exist_ok=True)
    for seed, kind in ((1, "150"), (2, "150+1")):
        made = printed(seed)
        for number, picture in enumerate(drawn(made.body, kind, seed), 1):
            picture.quantize(16).save(folder / f"{seed}-{number}.png", optimize=True)
        truth = [[*key, figure.state, figure.value] for key, figure in sorted(made.truth.items())]
        title = sheet_of("html_plain", ["none"], seed, made.form)[0].title
        text = ",\n".join(json.dumps(cell, ensure_ascii=False) for cell in [title, *truth])
        (folder / f"{seed}.json").write_text(f"[\n{text}\n]\n", encoding="utf-8")


def main() -> None:
    """Run, journal, and write the figures."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seeds", default="0-10")
    options.add_argument("--kinds", default=KINDS)
    options.add_argument("--beside", action="store_true")
    options.add_argument("--pages", type=Path)
    options.add_argument("--to", type=Path, default=ROOT / "docs" / "proofs" / "ocr-pages.json")
    options.add_argument("--journal", type=Path, default=ROOT / ".ocr-pages.jsonl")
    given = options.parse_args()
    if given.pages:
        _pages(given.pages)
        return
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()
    lines: list[dict[str, Any]] = []
    if given.journal.exists():
        head, *old = [json.loads(line) for line in given.journal.read_text(encoding="utf-8").splitlines()]
        lines = old if head == {"commit": commit} else []
    done = {(line["kind"], line["seed"]) for line in lines}
    first, last = map(int, given.seeds.split("-"))
    with given.journal.open("w", encoding="utf-8") as journal:
        for line in [{"commit": commit}, *lines]:
            journal.write(json.dumps(line, ensure_ascii=False) + "\n")
        for seed in range(first, last):
            for kind in given.kinds.split(","):
                if (kind, seed) in done:
                    continue
                lines.append(measured(seed, kind, beside=given.beside))
                journal.write(json.dumps(lines[-1], ensure_ascii=False) + "\n")
                journal.flush()
    found = {"commit": commit, "made": datetime.now(UTC).strftime("%Y-%m-%d"), "kinds": summed(lines)}
    given.to.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
