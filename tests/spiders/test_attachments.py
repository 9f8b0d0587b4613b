"""What belongs to an article and what does not, in the shapes of several families; all pages are invented."""

from __future__ import annotations

import pytest
from made_pages import html

from spiders.attachments import attached, shown_file
from spiders.pages import Page

HOST = "http://www.yunping.gov.cn"
TRS = f"{HOST}/zfxxgk/zfxxgknb/202101/t20210115_40001.html"
HANWEB = f"{HOST}/art/2021/1/29/art_345_99.html"
TITLE = "云坪县水利局2020年政府信息公开工作年度报告"
P0, W0 = "P020210115398811223344", "W020210115398811223344"
DOWN = "/module/download/downfile.jsp"
NOTICE = "<p>现将我局2020年政府信息公开工作年度报告公布如下，详见附件。</p>"


def found(body: str, url: str = TRS, title: str = TITLE) -> list[tuple[str, str, str]]:
    """What is found, as role, URL (relative to the host where it is ours) and text."""
    page = Page(url, html(body).encode())
    return [(one.role, one.url.removeprefix(HOST), one.text) for one in attached(page, title)]


def urls(body: str, url: str = TRS) -> list[str]:
    return [where for _, where, _ in found(body, url)]


FOLDER = "/zfxxgk/zfxxgknb/202101"


@pytest.mark.parametrize(
    ("body", "url", "expected"),
    [
        (  # TRS: relative names beside the article, unquoted attributes
            f'<div class=TRS_Editor>{NOTICE}<a href=./{P0}.pdf oldsrc="{P0}.pdf">{TITLE}.pdf</a></div>',
            TRS,
            [("attachment", f"{FOLDER}/{P0}.pdf", f"{TITLE}.pdf")],
        ),
        (  # TRS: three renditions in the list below the text
            (
                f'<div class="TRS_Editor">{NOTICE}</div><p class="insertfileTag">附件：<a href="./{P0}.ofd">版式</a>'
                f'<a href="./{P0}.docx">文字版</a><a href="./{P0}.pdf">PDF版</a></p>'
            ),
            TRS,
            [
                ("attachment", f"{FOLDER}/{P0}.{s}", t)
                for s, t in (("ofd", "版式"), ("docx", "文字版"), ("pdf", "PDF版"))
            ],
        ),
        (  # TRS: protected store without a suffix
            '<div class="TRS_Editor"><a href="/protect/P0202601/P020260121/P020260121778899001122">年度报告</a></div>',
            TRS,
            [("attachment", "/protect/P0202601/P020260121/P020260121778899001122", "年度报告")],
        ),
        (  # … or with its path in an attribute of its own, beside the bare name
            (
                f'<div class="TRS_Editor">{NOTICE}<a data-file="{P0}.pdf" href="javascript:;"'
                f' appfile="/protect/P0202601/{P0}.pdf">附件</a></div>'
            ),
            TRS,
            [("attachment", f"/protect/P0202601/{P0}.pdf", "附件")],
        ),
        (  # Hanweb: a script that downloads
            f'<div id="zoom">{NOTICE}<a href="{DOWN}?classid=0&amp;filename=2101291.doc">附件</a></div>',
            HANWEB,
            [("attachment", f"{DOWN}?classid=0&filename=2101291.doc", "附件")],
        ),
        (  # VSB
            (
                '<div id="vsb_content_501"><p>全文见附件</p></div><ul><li>附件【<a href="/system/_content/download.jsp'
                '?urltype=news.DownloadAttachUrl&owner=1&wbfileid=77">年度报告.pdf</a>】</li></ul>'
            ),
            f"{HOST}/info/1034/12345.htm",
            [
                (
                    "attachment",
                    "/system/_content/download.jsp?urltype=news.DownloadAttachUrl&owner=1&wbfileid=77",
                    "年度报告.pdf",
                )
            ],
        ),
        (  # a framework's download, known by its words alone where the URL says nothing
            (
                '<div class="article-content"><a href="/cms/file/show/8a7b">附件1：年度报告</a>'
                '<a href="/download?id=42">点击</a><a href="/res/9f">报告全文下载</a></div>'
            ),
            TRS,
            [
                ("attachment", "/cms/file/show/8a7b", "附件1：年度报告"),
                ("attachment", "/download?id=42", "点击"),
                ("attachment", "/res/9f", "报告全文下载"),
            ],
        ),
        (  # the title repeated
            f'<div class="article-content"><a href="/res/9f">{TITLE}</a></div>',
            TRS,
            [("attachment", "/res/9f", TITLE)],
        ),
        (  # pdf.js: not the viewer but what it shows
            '<div id=zoom><iframe src="/pdfjs/web/viewer.html?file=/attach/0/ab12.pdf"></iframe></div>',
            HANWEB,
            [("attachment", "/attach/0/ab12.pdf", "")],
        ),
        (
            (
                '<a href="/plugins/preview.jsp?x=1&url=%2Ffiles%2F2021%2Fnb.pdf#page=1">在线预览</a>'
                '<embed src="/files/2021/zw.pdf"><object data="../202102/nb2.pdf"></object>'
            ),
            TRS,
            [
                ("attachment", "/files/2021/nb.pdf", "在线预览"),
                ("attachment", "/files/2021/zw.pdf", ""),
                ("attachment", "/zfxxgk/zfxxgknb/202102/nb2.pdf", ""),
            ],
        ),
        (  # opened by a click, named by an attribute, shown by a script
            (
                '<div id=zoom><a href="javascript:void(0)" onclick="down(\'/uploads/a.docx\')">附件一</a>'
                '<b data-url="/uploads/b.pdf">年报</b><a href="javascript:openFile(\'/uploads/c.ofd\')">版式</a></div>'
                '<script>PDFObject.embed("\\/uploads\\/d.pdf", "#pdf"); var icon="/images/pdf.png", v="/x.js";</script>'
            ),
            HANWEB,
            [
                ("attachment", "/uploads/a.docx", "附件一"),
                ("attachment", "/uploads/b.pdf", "年报"),
                ("attachment", "/uploads/c.ofd", "版式"),
                ("attachment", "/uploads/d.pdf", ""),
            ],
        ),
        (  # an embedded page that may show a file
            '<div id=zoom><iframe src="/show/11.html"></iframe></div><iframe src="/top.html"></iframe>',
            HANWEB,
            [("attachment", "/show/11.html", "")],
        ),
        (  # names with letters and blanks become what is requested
            '<div id=zoom><a href="/f/2020 年报.pdf">下载</a><a href="/f/a b.doc">下载</a></div>',
            HANWEB,
            [("attachment", "/f/2020%20%E5%B9%B4%E6%8A%A5.pdf", "下载"), ("attachment", "/f/a%20b.doc", "下载")],
        ),
        (  # another host of the portal, and another site: both belong to the article
            '<div id=zoom><a href="http://file.yunping.gov.cn/a.pdf">附件</a><a href="http://oss.example.com/b.pdf">附件</a></div>',
            HANWEB,
            [
                ("attachment", "http://file.yunping.gov.cn/a.pdf", "附件"),
                ("attachment", "http://oss.example.com/b.pdf", "附件"),
            ],
        ),
    ],
)
def test_files_of_an_article(body: str, url: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(body, url) == expected


def test_a_report_that_is_pictures() -> None:
    body = (
        '<img src="/images/banner.jpg"><div class="TRS_Editor">'
        f'<p><img src="./{W0}.jpg" oldsrc="{W0}.jpg" alt="第一页">'
        f'<p><img src="/img/loading.gif" data-original="./{W0}2.png"><img src="data:image/png;base64,AAAA">'
        f'<p><a href="./{W0}3.jpg"><img src="./{W0}3_small.jpg"></a>'
        '<a href="javascript:;"><img src="/showimg.jsp?id=4"></a>'
        '</div><div class="footer"><img src="/uploads/20210101/dzjg.png"></div>'
    )
    assert found(body) == [
        ("image", f"{FOLDER}/{W0}.jpg", "第一页"),
        ("image", f"{FOLDER}/{W0}2.png", ""),
        ("image", f"{FOLDER}/{W0}3.jpg", ""),
        ("image", "/showimg.jsp?id=4", ""),
    ]


def test_pictures_where_nobody_knows_which_element_holds_the_text() -> None:
    body = (
        '<div id="header"><img src="/uploads/20210101/top.jpg"></div><img src="/images/line.gif">'
        '<td><img src="/upload/images/202101/15/1.jpg"><img src="2.png"></td><img src="/count.asp?id=3">'
        '<img src="/skin/2.jpg"><div class="nav-bar"><img src="/uploads/2021/nav.jpg"></div>'
    )
    assert urls(body) == ["/upload/images/202101/15/1.jpg", f"{FOLDER}/2.png"]


@pytest.mark.parametrize(
    "body",
    [
        f'<img src="/images/icon_pdf.gif">{NOTICE}',
        '<img src="/ueditor/dialogs/attachment/fileTypeImages/icon_doc.gif">',
        '<img src="./W0_x.png" width="24" height="24">',
        '<img src="./W0_x.png" style="border:0; width: 32px">',
        '<img src="./a.png" alt="扫一扫在手机打开当前页">',
        '<img src="./qrcode_112.png">',
        '<img src="data:image/png;base64,iVBORw0KGgo=">',
        # a picture and a link that announce other pages
        '<a href="./t20210116_40002.html"><img src="./W020210116.jpg" alt="一图读懂年度报告"></a>',
        '<a href="./t20210116_40002.html">一图读懂云坪县2020年政府信息公开工作年度报告</a>',
        '<a href="./t20200116_30002.html">云坪县水利局2019年政府信息公开工作年度报告</a>',
        '<div class="share">分享到：<img src="./W02021.png"></div>',
        '<p>上一篇：<a href="./P020200115.pdf">云坪县水利局2019年年报</a></p>',
        '<div><h3>相关链接</h3><ul><li><a href="./P020200115.pdf">去年的报告</a></li></ul></div>',
        '<p>相关阅读</p><ul><li><a href="./P020200115.pdf">去年的报告</a></li></ul>',
        '<a href="/soft/pdf.zip">PDF阅读器下载</a>',
        '<a href="/xzzx/">下载</a><a href="/">附件</a><a href="javascript:window.print()">下载打印</a>',
        '<iframe src="/portal/footer/footer.shtml"></iframe><iframe src="/pub/top.html"></iframe>',
        '<!-- <a href="./P020210115.pdf">附件</a> -->',
        '<script>var down = "/module/download/downfile.jsp?" + id; var base = ".pdf", a = "/x/" + n + ".pdf";</script>',
    ],
)
def test_what_does_not_belong_to_an_article(body: str) -> None:
    assert found(f'<div class="TRS_Editor">{NOTICE}{body}</div>') == []


@pytest.mark.parametrize("box", ["<header>{}</header>", "<div class='footer clear'>{}</div>", "<ul id=nav>{}</ul>"])
def test_files_in_the_portals_own_frame_are_no_attachments(box: str) -> None:
    frame = box.format('<a href="/files/guide.pdf">附件下载</a><img src="/a.jpg"><iframe src="/t.pdf"></iframe>')
    assert found(f'{frame}<div class="TRS_Editor">{NOTICE}</div>') == []


def test_a_file_is_found_once_with_the_words_of_its_first_link() -> None:
    link = f'<a href="./{P0}.pdf">附件</a>'
    body = f'<div id=zoom>{link}<a href="./{P0}.pdf"><img src="/icons/pdf.gif"></a></div>{link}'
    assert found(body) == [("attachment", f"{FOLDER}/{P0}.pdf", "附件")]


def test_a_page_that_lists_the_reports_of_many_bodies_has_reports_not_attachments() -> None:
    bodies = ["教育局", "民政局", "财政局"]
    links = "".join(
        f'<a href="/f/{n}.pdf">云坪县{b}2020年政府信息公开工作年度报告.pdf</a>' for n, b in enumerate(bodies)
    )
    page = found(f"<div id=zoom>{links}<a href='/f/all.xlsx'>附件：汇总表</a></div>", title="各部门年度报告")
    assert [role for role, *_ in page] == ["article"] * 3 + ["attachment"]


def test_a_report_of_another_year_is_no_attachment_and_renditions_of_this_one_are() -> None:
    body = (
        f'<div id=zoom><a href="/f/a.pdf">《{TITLE}》.pdf</a><a href="/f/a.doc">附件1：{TITLE}（Word版）</a>'
        '<a href="/f/b.pdf">水利局2020年度政府信息公开年报</a>'
        '<a href="/f/c.pdf">云坪县水利局2019年政府信息公开工作年度报告</a></div>'
    )
    assert [role for role, *_ in found(body)] == ["attachment"] * 3 + ["article"]


def shown(body: str) -> str | None:
    one = shown_file(Page(f"{HOST}/show/nb.pdf", html(body).encode()))
    return None if one is None else one.url.removeprefix(HOST)


@pytest.mark.parametrize(
    ("body", "file"),
    [
        ('<iframe src="/f/a.pdf"></iframe>', "/f/a.pdf"),
        ('<a href="/f/a.pdf">点击下载</a>', "/f/a.pdf"),
        ('<script>location.href="/f/a.pdf"</script>', "/f/a.pdf"),
        ('<script>location.replace("b.doc")</script>', "/show/b.doc"),
        ('<p>请稍候</p><a href="/">首页</a>', None),
        ('<a href="/show/nb.pdf">刷新</a>', None),
        ("<p>本报告依照条例编制。</p>" * 60 + '<a href="/f/a.pdf">附件</a>', None),
    ],
)
def test_a_page_that_came_for_a_file_and_only_shows_it(body: str, file: str | None) -> None:
    assert shown(body) == file
