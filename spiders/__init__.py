"""Scrapy spiders: discovery from a home page, one module a CMS family.

To add a family whose rows are asked for by a request (a JSON interface, a piece of HTML), add one data file in
`families/`: its signs, the request, where the answer has what. That is all; `description.py` says what each key means.

To add any other family, add one module with two classes and one invented portal under `tests/spiders`:

* a `spiders.family.Family`: a name, a rank (telling signs come first), and its three answers: is this page yours,
  what rows does its list have, where does the list go on;
* a `spiders.portal.PortalSpider` that names it, with the headings in its docstring that every spider has.

Both are found by being there: `auto` asks every family, `scrapy list` shows every spider. What belongs to an article
is looked for the same way on every portal; a new shape of it is a line in `attachments.toml`.

How a crawl goes on, each module building on the ones before it:

* a page: `decoding`, `pages`, and what is not plain to see on it: `clicks`, `pieces`, `buried` rows;
* a list: `family` (what families say of it), `pagers` and `turning`, `asked` and `described` for lists behind requests;
* an article: `articles`, its files in `attachments`;
* `lists` reads a column to its end; `discovery` finds it, with `weighing` (where do links lead?), `dividing` (parts of
  a column) and `candidates` (what is tried next); `last_resorts` is for portals where no link leads there;
* `portal` puts it together.
"""
