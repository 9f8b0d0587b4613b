"""HTML as browsers see it: the tree of the HTML Standard (turbohtml), cut into paragraphs and grids.

Unclosed cells, cells outside rows, misnested fonts and the like end up where a browser puts them; libxml2 loses some of
them. Text is what a reader sees: white space collapsed, `<br>` and block ends as line ends, inline elements joined
without a separator (a number spread over several `<span>` is one number), no-break spaces kept.

Site chrome is left out only where it can be told: scripts and form controls; outside a known article element, text
that is nothing but links; what follows the article. Tables and headings are never left out, except tables of links.

Where a page shows no table, the markup it carries as a string is read (`html_embedded`); places in that have the
string's own as `embedded`, `embedded_start` and `embedded_end`, and as `path` that in the tree a browser makes of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, NamedTuple

from turbohtml import Comment, Element, Text, parse

from gicrawl.parser.charset import Decoded, decode
from gicrawl.parser.data import read_data
from gicrawl.parser.document import Document, Grid, Paragraph
from gicrawl.parser.readers import JSON, is_json
from gicrawl.parser.readers.html_blank_cells import with_blank_cells
from gicrawl.parser.readers.html_chrome import Item, article_of, is_link_list, is_menu
from gicrawl.parser.readers.html_grid import containers, is_data, read_grid
from gicrawl.parser.readers.html_hidden import without_hidden
from gicrawl.parser.readers.html_rows import line_of, rows_of
from gicrawl.parser.readers.html_text import (
    BREAK,
    EMPTY,
    HEADING,
    INLINE,
    JOINED,
    LINE_END,
    LINK,
    PARTS,
    RAISED,
    ROLES,
    SPECIAL,
    TABLE,
    UNSHOWN,
    VERBATIM,
    Inside,
    collapse,
    raised,
    without_escapes,
)
from gicrawl.parser.readers.nested import within

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from turbohtml import Document as Tree
    from turbohtml import Node

    from gicrawl.parser.document import Block, Context
    from gicrawl.parser.readers.html_embedded import Piece

MEDIA_TYPE: Final = "text/html"
NAME: Final = "html"
LIBRARIES: Final = ("turbohtml",)
MEDIA_TYPES: Final = (MEDIA_TYPE, "application/xml", JSON)

_HAN: Final = re.compile("[\u4e00-\u9fff]")
_KNOWN: Final = read_data(__package__, "html.toml")
_CLASSES: Final = frozenset(_KNOWN["article"]["classes"])
_IDS: Final[tuple[str, ...]] = tuple(_KNOWN["article"]["ids"])
_TAGS: Final[frozenset[str]] = frozenset(_KNOWN["article"]["tags"])
_LEAST_TEXT: Final[int] = _KNOWN["article"]["least_text"]
_TITLE_LONG: Final = 10
_ESCAPED: Final = b"&amp;nbsp"
_SOURCE_LINE: Final = "td.line-content"
"""A line of the source of a page, where a browser shows that."""
_HIDING: Final = re.compile(r"(?:<|&lt;|&#60;|\\u003c|\\x3c|%3c)\s*table\b", re.IGNORECASE)
"""What a page has somewhere that carries a table, shown or not."""
_SHOWING: Final = 400
"""Characters: a page with fewer shows no article."""
_VALUES: Final = 8
"""Paragraphs of one value each that may be cells of tables."""
_VALUE: Final = 12  # characters
_LARGE: Final = 60  # cells: a calendar has fewer
_SPANS: Final = 32
"""Inline elements that may be such cells; what they hold is one paragraph then."""
_LISTS: Final = frozenset(["ul", "ol", "dl"])


@dataclass(slots=True)
class _Page:
    """The tree with what was found out about it in one go."""

    marked: dict[Node, Element]
    """Elements with something in them that is more than text and inline elements, each with the first such thing."""
    several: set[Node]
    """Those of them with more than one."""
    outer: set[Element]
    spanning: set[Element]
    gone: set[Element]
    """Rows and cells of tables that are not shown."""
    named: list[Element]
    """Elements that hold the article on some portal, with whatever they hold on this page."""
    articles: set[Element]
    """Those of them with enough in them."""
    holding: set[Node]
    """Elements around the articles."""
    problems: list[tuple[str, tuple[tuple[str, str], ...]]] = field(default_factory=list)
    rows: dict[Node, list[Element]] = field(default_factory=dict)
    """Rows of tables that are made of boxes, with their cells; looked for where figures stand alone."""


def read(body: bytes, context: Context) -> Document:
    """Read an HTML page.

    Args:
        body: the page as it came, any content-coding undone.
        context: only its declared charset and type matter here.

    Returns:
        Paragraphs and grids in reading order with the XPath of their element as evidence; nothing raises, whatever the
        bytes are: what could not be read is a problem of the document.
    """
    decoded = decode(body, context.declared_charset or context.declared_type)
    if not decoded.text:
        return Document(MEDIA_TYPE, decoded.charset, (), problems=decoded.problems or (("no_text", ()),))
    if is_json(decoded.text):
        return _read_json(decoded)
    tree = parse(decoded.text, positions=False)
    if tree.select_one(_SOURCE_LINE) is not None:
        from gicrawl.parser.readers.html_embedded import source_shown  # noqa: PLC0415 - few pages show that

        if (piece := source_shown(tree.select(_SOURCE_LINE))) is not None:
            page = _read_page(parse(piece.markup, positions=False), replace(decoded, text=piece.markup))
            return replace(page, blocks=within(page.blocks, piece.place), problems=(*page.problems, _told(piece)))
    page = _read_page(tree, decoded)
    return replace(page, blocks=without_escapes(page.blocks)) if _ESCAPED in body else page


def _read_page(tree: Tree, decoded: Decoded) -> Document:
    """What a page shows, or carries where it shows nothing, by its tree and the text of that."""
    blocks, page = _blocks(tree)
    rowed = _with_rows(tree, page, blocks, decoded.text)
    blocks = rowed or blocks
    labels = _labels(tree)
    title = _title(tree, labels)
    problems = [*decoded.problems, *dict.fromkeys(page.problems)]
    if not rowed and not any(isinstance(block, Grid) for block in blocks):
        shown = sum([len(block.text) for block in blocks if isinstance(block, Paragraph)])
        hiding = _HIDING.search(decoded.text) is not None
        if hiding or shown < _SHOWING:
            from gicrawl.parser.readers.html_embedded import embedded, with_roots  # noqa: PLC0415 - few hide anything

            if (piece := embedded(with_roots(tree, decoded.text), shown)) is not None:
                blocks, title = _with(piece, blocks, title)
                problems.append(_told(piece))
        if not any(isinstance(block, Grid) for block in blocks):
            shown_in = page.named if shown < _SHOWING else page.articles
            problems.extend(_hidden_tables(tree, shown_in, hiding=hiding))
            blocks = with_blank_cells(blocks, decoded.text, lambda text: _blocks(parse(text, positions=False))[0])
    if not blocks:
        problems.append(("no_text", ()))
    return Document(MEDIA_TYPE, decoded.charset, blocks, title, labels, tuple(problems))


def _blocks(tree: Tree) -> tuple[tuple[Block, ...], _Page]:
    """What a tree shows."""
    page = _survey(tree, without_hidden(tree))
    return tuple([item.block for item in article_of(list(_walk(tree, page)))]), page


def _with_rows(tree: Tree, page: _Page, shown: Sequence[Block], text: str) -> tuple[Block, ...]:
    """What a page shows that makes its tables of boxes; nothing where it has none."""
    texts = [block.text for block in shown if type(block) is Paragraph]
    alone = sum([len(text) <= _VALUE and text.isdecimal() for text in texts]) >= _VALUES
    large = any(len(block.cells) >= _LARGE for block in shown if type(block) is Grid)
    joined = not (alone or large) and text.count("</span>") >= _SPANS
    if not (alone or joined) or not (rows := rows_of(tree)):
        return ()
    page.rows = rows
    return tuple([item.block for item in article_of(list(_walk(tree, page)))])


def _with(piece: Piece, shown: Sequence[Block], title: str | None) -> tuple[tuple[Block, ...], str | None]:
    """What a page shows, its escaped markup left out, and below it what its string holds; and the title of both."""
    tree = parse(piece.markup, positions=False)
    held, _ = _blocks(tree)
    kept = [block for block in shown if isinstance(block, Grid) or _HIDING.search(block.text) is None]
    return (*kept, *within(held, piece.place)), title or _title(tree, ())


def _told(piece: Piece) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "embedded_markup", (("place", str(piece.place["embedded"])),)


def _read_json(decoded: Decoded) -> Document:
    """The answer of a service: JSON with a page, or a part of one, as a string in it."""
    from gicrawl.parser.readers.html_embedded import embedded_in_json  # noqa: PLC0415 - as above

    piece, named, labels = embedded_in_json(decoded.text)
    if piece is None:
        return Document(JSON, decoded.charset, (), named, problems=(*decoded.problems, ("no_text", ())))
    blocks, title = _with(piece, (), named)
    return Document(JSON, decoded.charset, blocks, title, labels, decoded.problems)


def _survey(tree: Tree, gone: set[Element]) -> _Page:
    marked: dict[Node, Element] = {}
    several: set[Node] = set()
    for element in tree.iter_elements(SPECIAL):
        around: Node | None = element.parent
        while around is not None and around not in marked:
            marked[around] = element
            around = around.parent
        while around is not None and around not in several:
            several.add(around)
            around = around.parent
    candidates = list(tree.iter_elements(_TAGS))  # finding them by a list of names takes seven times as long
    classed = tree.select('[class]:not([class="MsoNormal"])')  # which every paragraph has that comes from Word
    classes = {e.attr("class") for e in classed}
    if known := {value for value in classes if value and not _CLASSES.isdisjoint(value.split())}:
        candidates += [e for e in classed if e.attr("class") in known]
    candidates += [e for e in tree.select("[id]") if (e.attr("id") or "").startswith(_IDS)]
    articles = {a for a in candidates if a.find("table") is not None or len(a.text.strip()) >= _LEAST_TEXT}
    tables = tree.find_all("table")
    spanning = set(tree.select("[colspan], [rowspan]")) if tables else set()
    return _Page(
        marked,
        several,
        containers(tables),
        spanning,
        gone,
        candidates,
        articles,
        {node for article in articles for node in article.ancestors},
    )


# One loop on purpose: the pages are walked node by node, and a call for each would cost as much as the rest.
def _walk(tree: Tree, page: _Page) -> Iterator[Item]:  # noqa: C901, PLR0912, PLR0915
    """Go through the tree in document order, without recursion, descending only where there is structure."""
    marked, outer, articles, rows = page.marked, page.outer, page.articles, page.rows
    inside = Inside(marked, page.several)
    text_type, element_type, role_of = Text, Element, ROLES.get
    run: list[str] = []
    linked = 0  # characters of `run` inside links
    place = _Place(None, inside=0, heading=False, verbatim=False, in_link=False, is_block=True)
    nodes = iter(tree.children)
    stack: list[tuple[Iterator[Node], _Place]] = []
    while True:
        below: _Place | None = None
        for node in nodes:
            if type(node) is text_type:
                data = node.data
                if run or not data.isspace():  # white space between blocks is no paragraph
                    run.append(data)
                    if place.in_link:
                        linked += len(data.strip(EMPTY))
                continue
            if type(node) is not element_type:
                continue
            tag = node.tag
            role = role_of(tag, INLINE)
            if role == BREAK:
                if run:
                    run.append(LINE_END)
                continue
            if role in UNSHOWN:
                continue
            leaf = node not in marked and node not in articles and tag not in PARTS
            if role in JOINED:
                if leaf:
                    data = node.text
                    if role == RAISED:
                        data = raised(data, run[-1] if run else "")
                    run.append(data)
                    if place.in_link or role == LINK:
                        linked += len(data.strip(EMPTY))
                    continue
                below = place.around(node, role, articles)
                break
            # A block of its own begins: what was collected before it is a paragraph.
            if run:
                if (item := _paragraph(run, linked, place)) is not None:
                    yield item
                run, linked = [], 0
            if role == TABLE and node not in outer:
                grid, cut = read_grid(node, inside, page.spanning, page.gone)
                if cut:
                    page.problems.append(("table_spans_cut", ()))
                if is_data(grid):
                    if place.inside or not is_menu(node, grid):
                        yield Item(grid, bool(place.inside))
                    continue
            if rows and node in rows:
                yield Item(line_of(node, rows[node], inside), bool(place.inside))
                continue
            if tag in _LISTS and articles and not place.inside and is_link_list(node, page.holding):
                continue
            below = place.around(node, role, articles)
            if not leaf:
                break
            text = node.text
            if (item := _paragraph([text], len(text) if below.in_link else 0, below)) is not None:
                yield item
        else:
            if run and place.is_block:
                if (item := _paragraph(run, linked, place)) is not None:
                    yield item
                run, linked = [], 0
            if not stack:
                return
            nodes, place = stack.pop()
            continue
        stack.append((nodes, place))
        nodes, place = iter(node.children), below


class _Place(NamedTuple):
    """Where in the tree the walk is."""

    owner: Element | None
    """The nearest block element: where a paragraph stands."""
    inside: int
    """Article elements around it."""
    heading: bool
    verbatim: bool
    in_link: bool
    is_block: bool

    def around(self, element: Element, role: int, articles: set[Element]) -> _Place:
        """The place inside `element`."""
        is_block = role not in JOINED
        return _Place(
            element if is_block else self.owner,
            self.inside + (element in articles),
            self.heading or role == HEADING,
            self.verbatim or role == VERBATIM,
            self.in_link or role == LINK or (is_block and element.tag == "nav"),
            is_block,
        )


def _paragraph(run: list[str], linked: int, place: _Place) -> Item | None:
    text = "".join(run)
    bare = len(text.strip(EMPTY))
    if not bare:
        return None
    # Nothing but a link, outside the article: chrome. Two characters that are no link may be a bullet or a bracket. A
    # heading as long as a title stays, because some skins link an article's title to itself.
    if 0 < linked >= bare - 2 and not place.inside and not (place.heading and bare >= _TITLE_LONG):
        return None
    text = text.strip("\n\r\0").replace(LINE_END, "\n") if place.verbatim else collapse(text)
    path = "/" if place.owner is None else place.owner.xpath_path()
    return Item(Paragraph(text, {"path": path}, place.heading), bool(place.inside))


def _hidden_tables(
    tree: Tree, articles: Iterable[Element], *, hiding: bool
) -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    """Say where tables may be when none was found: comments, scripts, pictures."""
    if hiding and any("<table" in node.data.lower() for node in tree.descendants if type(node) is Comment):
        yield "tables_in_comment", ()
    if hiding and any("<table" in script.text.lower() for script in tree.find_all("script")):
        yield "tables_in_script", ()
    if pictures := len({img for article in articles for img in article.find_all("img")}):
        yield "pictures_without_tables", (("count", str(pictures)),)


def _labels(tree: Tree) -> tuple[tuple[str, str], ...]:
    labels: dict[str, str] = {}
    for meta in tree.find_all("meta"):
        name, content = meta.attr("name"), meta.attr("content")
        if name and content is not None:
            labels.setdefault(name.strip().lower(), content.strip())
    return tuple(labels.items())


def _title(tree: Tree, labels: tuple[tuple[str, str], ...]) -> str | None:
    """The title the page itself declares: the site standard's label, the editor's element, a heading, `<title>`."""
    declared = dict(labels).get("articletitle")
    if declared and declared.lower() not in {"null", "undefined"}:
        return declared
    whole = tree.find("title")
    shown = collapse(whole.text) if whole is not None else ""
    if (title := tree.find("ucaptitle")) is not None and (text := collapse(title.text)):
        return text
    headings = [text for h in tree.find_all("h1") if (text := collapse(h.text)) and _HAN.search(text)]
    for text in headings:
        if text in shown:
            return text  # not the site's name in its banner, which many sites mark as their h1
    return (headings[0] if headings else shown) or None
