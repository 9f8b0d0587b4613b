"""Which reports count as withdrawn, for whoever goes through all of them: the panel and the status."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from gicrawl.archive.records import Role
from gicrawl.corpus.history_visits import watch_place
from gicrawl.corpus.panel_standing import of_place, places_of, prepare
from gicrawl.corpus.withdrawn import VISITS

if TYPE_CHECKING:
    import sqlite3
    from datetime import datetime

    from gicrawl.corpus.panel_standing import Place
    from gicrawl.corpus.withdrawn import Absence

_PLACES = 1_000  # kept at hand
_VISITS = "SELECT count(DISTINCT captures.run) FROM captures WHERE {place}"


class Withdrawals:
    """Withdrawals by place, a bounded number of places kept at hand.

    Args:
        connection: of an archive, within `gicrawl.corpus.current.reading`.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        prepare(connection)
        self._connection = connection
        self._of_place = lru_cache(_PLACES)(self._read)

    def _read(self, place: Place) -> dict[bytes, tuple[Absence, ...]]:
        here = {"portal": place.portal, "host": place.host, "roles": json.dumps([Role.LIST, Role.ARTICLE])}
        (visits,) = self._connection.execute(_VISITS.format(place=of_place(place)), here).fetchone()
        if visits <= VISITS:
            return {}  # one to have seen it, and so many more
        watched = watch_place(self._connection, place).reports
        gone = {report: tuple(one for one in watch.absences if one.confirmed) for report, watch in watched.items()}
        return {report: absences for report, absences in gone.items() if absences}

    def of(self, report_id: str, url: str, moment: datetime) -> Absence | None:
        """The absence because of which a report counts as withdrawn at a moment.

        Args:
            report_id: hex.
            url: where it was found.
            moment: with its time zone; all that is known today counts, later visits too.

        Returns:
            None where it does not: also where nobody of us ever asked for it, or where it stands when asked for under
            another portal.
        """
        key = bytes.fromhex(report_id)
        held = [
            [one for one in self._of_place(place).get(key, ()) if one.holds_at(moment)]
            for place in places_of(self._connection, (url,))
        ]
        return held[0][-1] if held and all(held) else None
