"""The entry point: what it promises of every document, whatever is in it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gicrawl.parser import parse, parser_version
from gicrawl.parser.document import Context, Source
from gicrawl.parser.output import to_json
from gicrawl.parser.readers import NONE, readers

PARSER = Path(__file__).parents[2] / "gicrawl" / "parser"


def text(body: bytes, context: Context | None = None) -> str:
    return json.dumps(to_json(parse([Source(body)], context), source="x"), ensure_ascii=False)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    assert json.loads(text(body))["status"] in {"report", "not_a_report", "failed"}


@settings(max_examples=60, deadline=None)
@given(
    st.text(st.sampled_from("一二三(（1|\t\n <td>本年新收政府信息公开申请数量总计结转下年度继续办理0"), max_size=300)
)
def test_no_text_makes_it_raise(body: str) -> None:
    assert json.loads(text(body.encode()))


@pytest.mark.parametrize("body", [b"", b" \n", bytes(range(256)) * 8, b"%PDF-1.4\n", b"PK\x03\x04"])
def test_what_cannot_be_read_has_failed_and_says_why(body: bytes) -> None:
    report = json.loads(text(body))
    assert report["status"] == "failed"
    assert report["cells"] == []
    assert len(report["problems"]) == 1
    assert report["problems"][0]["message"]


def test_the_same_document_gives_the_same_bytes_in_another_process() -> None:
    body = "某县2023年政府信息公开工作年度报告\n第二十条第（五）项\n信息内容\t本年处理决定数量\n行政许可\t97\n"
    program = (
        "import json,sys; from gicrawl.parser import parse; from gicrawl.parser.document import Source; "
        "from gicrawl.parser.output import to_json; "
        "print(json.dumps(to_json(parse([Source(sys.stdin.buffer.read())]), source='x'), ensure_ascii=True))"
    )
    out = {
        subprocess.run(
            [sys.executable, "-c", program],
            input=body.encode(),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PATH": "", "TZ": zone},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(out) == 1
    (cell,) = json.loads(out.pop())["cells"]
    assert cell["value"] == 97


def test_the_context_never_changes_a_cell() -> None:
    body = "第二十条第（五）项\n信息内容\t本年处理决定数量\n行政许可\t97\n".encode()
    context = Context(url="http://x.example/2019/a.html", link_text="某县2019年年报", declared_charset="big5")
    assert json.loads(text(body, context))["cells"] == json.loads(text(body))["cells"]


def test_every_code_the_parser_uses_has_a_message_in_both_languages() -> None:
    templates = tomllib.loads(resources.files("gicrawl.parser").joinpath("problems.toml").read_text(encoding="utf-8"))
    source = "\n".join(file.read_text(encoding="utf-8") for file in PARSER.rglob("*.py"))
    used = set(re.findall(r'Problem\(\s*"([a-z_0-9]+)"', source))
    assert used <= set(templates)
    for code, template in templates.items():
        assert set(template) == {"en", "zh"}, code
        fields = [set(re.findall(r"\{(\w+)\}", template[lang])) for lang in ("en", "zh")]
        assert fields[0] == fields[1], code
    assert list(templates) == sorted(templates)


def test_the_version_differs_by_reader_and_is_the_same_every_time() -> None:
    versions = {name: parser_version(name) for name in [*readers(), NONE]}
    assert len(set(versions.values())) == len(versions)
    assert all(re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{8}", version) for version in versions.values())


def test_the_version_follows_the_code_the_data_and_only_the_own_reader(tmp_path: Path) -> None:
    program = "from gicrawl.parser import parser_version; print(parser_version('html'), parser_version('text'))"

    def versions() -> list[str]:
        run = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, check=True, text=True)
        return run.stdout.split()

    subprocess.run(["cp", "-r", str(PARSER.parent), str(tmp_path)], check=True)
    before = versions()

    def touched(name: str) -> list[bool]:
        file = tmp_path / "gicrawl" / name
        kept = file.read_bytes()
        file.write_bytes(kept + b"\n# a remark\n")
        after = versions()
        file.write_bytes(kept)
        return [new != old for new, old in zip(after, before, strict=True)]

    assert touched("parser/forms/form2021.toml") == [True, True]
    assert touched("parser/align/runs.py") == [True, True]
    assert touched("parser/readers/text.py") == [False, True]
    assert touched("parser/readers/html.py") == [True, False]
    assert touched("crawling/lead.py") == [False, False]
    assert versions() == before
