"""The tables and views of ClickHouse: the topic that describes their columns, and descriptions of the others."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from schemas.topics import ALL


@dataclass(frozen=True, slots=True)
class Described:
    """A table or view. `part`: the array whose elements are its rows; `columns`: meanings of its own."""

    topic: str
    meaning: str
    is_view: bool = False
    part: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)


def _view(topic: str, meaning: str, part: str = "", **columns: str) -> Described:
    return Described(topic, meaning, is_view=True, part=part, columns=columns)


A, E, O, C, M, I, R, AL, CO, RULE, TRIAGE, F, Q = (topic.name for topic in ALL)  # noqa: E741 - one letter for a topic

# Columns of any table or view that records do not have.
ADDED = {
    "produced_ms": "When the record entered Kafka, by the broker's clock; milliseconds since 1970. The later one wins.",
    "loaded_at": "When the row was stored; UTC.",
    "record": "The whole record as JSON.",
    "preview": "The first bytes of the message as text.",
    "superseded": "1 once the same source has told it anew: a later revision of the document stands in its place.",
    "latest_document": "document_id of the latest revision of the story.",
    "latest_mention": "mention_id of the latest mention of the story.",
    "n": "Number of the claim in its record, from 1.",
    "survivor": "incident_id of the incident that this one lives on in: its own, or the end of its chain of merges.",
    "incident_id": "The incident that it belongs to now, merges followed.",
    "copies": "How many articles only copy it.",
    "exact_copies": "How many of the copies are the same word for word.",
    "copy_domain": "Who published the copies.",
    "copy_url": "Addresses of the copies, in the same order.",
    "words": "What is searched: texts in lower case, without marks, a blank before each word; from ClickHouse 26.2 on.",
    "copy_of": "article_id of the original; empty where the article is none's copy.",
}
_KILLED = {
    "killed": "Dead: the figure to quote; null when no source gives one.",
    "killed_low": "Dead: the least figure that a current claim states.",
    "killed_high": "Dead: the greatest figure that a current claim states.",
    "injured": "Injured: the figure to quote; null when no source gives one.",
    "injured_low": "Injured: the least figure that a current claim states.",
    "injured_high": "Injured: the greatest figure that a current claim states.",
}
_OF_ORIGINAL = {
    "original_domain": "Who published the original.",
    "original_title": "Headline of the original.",
    "original_url": "Address of the original.",
    "original_published_at": "When the original was published; UTC.",
}
_INCIDENTS = {"incidents": "Incidents, by the time at which they were first seen; those merged away are left out."}
_REPORTS = "Accounts of incidents, by the time of the report."
_COUNTED = {
    "types": ("type", _INCIDENTS),
    "countries": ("country", _INCIDENTS),
    "sources": (
        "source",
        {
            "articles": "Articles, by the time at which they were fetched.",
            "copies": "Articles that only copy others, by the time at which they were fetched.",
        },
    ),
}
_MERGES_LEFT_OUT = "Step of incident_survivor: merges followed "

_GONE = {
    "gone": "1 once the record has come with another time, or the incident was merged away: the row no longer counts."
}
_WRITTEN = {"written_us": "When the row was worked out; microseconds since 1970. The later one wins."}

TABLES: dict[str, Described] = {
    "incidents": _view(
        I,
        "Incidents as they stand now, one row each; those merged into others are left out.",
        summary_text="Sentences taken from the sources, best first, as one text.",
        **_KILLED,
    ),
    "claims": _view(
        I, "Figures of incidents as sources state them, side by side; superseded = 0 are the latest.", "claim"
    ),
    "claim_history": _view(M, "Every figure ever read, with the incident that it belongs to now.", "claim"),
    "articles": _view(A, "Articles as fetched, copies marked by copy_of."),
    "copies": _view(
        C,
        "Who copied whom, how closely and how much later.",
        **_OF_ORIGINAL,
        lag_seconds="How much later than the original; negative where dates say that it was earlier.",
    ),
    "origins": _view(
        M,
        "Independent origins of each incident: an agency with all who printed it, or a publisher of its own.",
        mentions="Accounts that come from this origin.",
        documents="Documents that come from this origin.",
        publishers="Publishers that carried it.",
        first_reported="Earliest report; UTC.",
        last_reported="Latest report; UTC.",
    ),
    "alerts": _view(
        AL,
        "Alerts as they stand, one row each.",
        killed="Dead: the figure to quote at that revision; null when no source gave one.",
    ),
    "rules_fired": _view(
        AL,
        "How often each rule has raised an alert.",
        alerts="Alerts of this rule and level.",
        revisions="Revisions of them, the first counted too.",
        retracted="How many were taken back.",
        first_raised="When the first was raised; UTC.",
        latest="When one last changed; UTC.",
    ),
    "relations": _view(
        R,
        "Relations that hold, between incidents as they live on.",
        from_id="incident_id that it reads from, merges followed.",
        to_id="incident_id that it reads to, merges followed.",
    ),
    "feeds": _view(F, "How each feed is doing now."),
    "source_record": _view(
        M,
        "How each publisher reports, by family of incident: how often first, how its first figures compare.",
        incidents="Incidents that it told of as news.",
        first="How many of them it told first.",
        figures="Kinds of figures of incidents that it gave.",
        exact="First figures that stood in the end.",
        below="First figures that were too low.",
        above="First figures that were too high.",
        revisions="How often it gave another figure.",
    ),
    "source_report": _view(
        M,
        "Each publisher and incident that it told of as news.",
        told_at="When it first told of it; UTC.",
        first_at="When anyone first told of it; UTC.",
        is_first="1 when nobody was earlier.",
    ),
    "source_figure": _view(
        I,
        "Each publisher, incident and kind of figure: the first it gave and the one that stood.",
        "claim",
        first_figure="The first figure that it gave.",
        settled="The incident's best figure now.",
        revisions="How often it gave another figure.",
    ),
    "quarantined": _view(Q, "What could not be handled; the bytes are in quarantine_current."),
    "corrections": _view(CO, "What people have decided."),
    "changes": _view(
        I,
        "What changed when: every version of every incident and every alert taken back, for those who keep copies.",
        changed_at="Report time of what changed it; UTC.",
        kind="opened, joined, revised, merged, split, corrected, expired; retracted of an alert.",
        id="incident_id that changed.",
        incident_id="Where it lives on; another than id when it was merged.",
        text="The change in words.",
    ),
    "codebook": Described(
        "",
        "What every topic, table, view and column means.",
        columns={
            "kind": "topic, table or view.",
            "name": "Its name.",
            "field": "Field or column; empty for the whole.",
            "type": "Avro type of a field, ClickHouse type of a column.",
            "unit": "Unit or range.",
            "values": "Allowed values; empty when any is.",
            "meaning": "What it means.",
            "since": "Revision of the contract that brought it; 0 for what only the tables have.",
        },
    ),
    "article": Described(A, "Articles as connectors saw them; read article_current or articles."),
    "article_current": _view(A, "article, final state."),
    "feed_event": Described(E, "Events of structured feeds; read feed_event_current."),
    "feed_event_current": _view(E, "feed_event, final state."),
    "original": Described(O, "Articles worth reading; read original_current."),
    "original_current": _view(O, "original, final state."),
    "original_copies": _view(O, "How far each original travelled."),
    "copy": Described(C, "Verdicts that an article only copies another; read copy_current or copies."),
    "copy_current": _view(C, "copy, final state."),
    "mention": Described(M, "Accounts of incidents in documents; read mention_current."),
    "mention_current": _view(M, "mention, final state."),
    "mention_claim": _view(M, "Claims of every mention, one a row.", "claim"),
    "incident": Described(I, "The latest state of each incident; read incident_current or incidents."),
    "incident_current": _view(I, "incident, final state, those merged away included."),
    "incident_version": Described(I, "Every version of each incident; read incident_version_current or changes."),
    "incident_version_current": _view(I, "incident_version, final state."),
    "incident_claim": _view(I, "Claims of each incident, those merged away included.", "claim"),
    "incident_figure": _view(I, "Low, best and high of each kind of figure of each incident.", "figure"),
    "incident_figure_history": _view(I, "The same figures as they stood after each version.", "figure"),
    "incident_mention": _view(M, "Accounts of each incident, merges followed."),
    "incident_survivor": _view(I, "Where each incident lives on, up to eight merges followed."),
    "placement": Described(
        I,
        "The incident that each mention was put in, by the version that says so.",
        columns={
            "mention_id": "The mention; empty for versions that name none.",
            "by_split": "1 when a split put it there.",
            "placed": "The later one wins: twice produced_ms, one more for a split.",
        },
    ),
    "story_mention": Described(M, "Mentions of each story, to find its latest revision."),
    "account": Described(
        M,
        "Mentions side by side under the incident that they belong to; read incident_mention or claim_history.",
        columns={"here": "0 once the mention has moved to another incident."} | _WRITTEN,
    ),
    "account_home": Described(M, "Under which incidents a mention has rows in account.", columns=_WRITTEN),
    "incident_first": Described(
        M,
        "Who told of each incident first; read first_reports.",
        columns={"told_at": "When it was told first; UTC."} | _WRITTEN,
    ),
    "first_reports": _view(
        M,
        "Who told first of each incident that lives, as news and not in looking back.",
        told_at="When it was told first; UTC.",
    ),
    "merge_step": Described(
        I, "Where merges lead, one step each; empty where one was taken back. Read incident_merged.", columns=_WRITTEN
    ),
    "incident_merged": _view(I, "Incidents that were merged away, and where each lives on."),
    "article_by_time": Described(A, "Articles in the order in which they were fetched; read arrivals.", columns=_GONE),
    "arrivals": _view(A, "Every article by the time at which it was fetched, without its words: for counts over time."),
    "article_brief": Described(A, "What copies need to know of their originals; read articles."),
    "mention_by_time": Described(M, "Mentions in the order of their reports; read reports.", columns=_GONE),
    "copy_by_time": Described(
        C, "Copies in the order in which they were fetched; read copies or sources_hourly.", columns=_GONE
    ),
    "incident_by_time": Described(
        I, "Incidents in the order in which they were first seen; read incidents or types_hourly.", columns=_GONE
    ),
    **{
        f"{what}_tally_{moment}": Described(
            "",
            f"Counts of {what}s by {moment}, as the loader keeps them; read {reads}.",
            columns={
                "dimension": "What it is counted by: type, country or source.",
                moment: f"The {moment}; UTC.",
                "name": "Family of the type, country, or domain of the source.",
                "detail": "Subtype of the type; empty for others.",
            }
            | counts
            | _WRITTEN,
        )
        for what, counts in (
            ("article", _COUNTED["sources"][1] | {"reports": _REPORTS}),
            ("incident", _INCIDENTS),
        )
        for moment, reads in (("hour", "types_hourly"), ("day", "types_daily"))
    },
    "reports": _view(M, "Every account of an incident by the time of its report, without its words."),
    "change_by_time": Described(I, "Versions of incidents in the order in which they entered Kafka; read changes."),
    "copied": Described(
        C,
        "Copies with what is known of their originals; read copies.",
        columns=_OF_ORIGINAL
        | {
            "original_fetched_at": "When the original was fetched; UTC.",
            "known": "1 once the original is known.",
            "ranked": "The later one wins: twice produced_ms, one more where the original is known.",
        },
    ),
    "copy_link": Described(C, "Which articles copy an original; read copies."),
    **{
        f"{dimension}_{each}": _view(
            M,
            f"Counts by {moment} and {one}: what was told, what was new. UTC.",
            **{moment: f"The {moment}; UTC."},
            reports=_REPORTS,
            **counts,
        )
        for dimension, (one, counts) in _COUNTED.items()
        for each, moment in (("hourly", "hour"), ("daily", "day"))
    },
    "incident_survivor_1": _view(I, f"{_MERGES_LEFT_OUT}once."),
    "incident_survivor_2": _view(I, f"{_MERGES_LEFT_OUT}twice."),
    "incident_survivor_4": _view(I, f"{_MERGES_LEFT_OUT}four times."),
    "relation": Described(R, "Relations between incidents, those taken back included; read relation_current."),
    "relation_current": _view(R, "relation, final state."),
    "alert": Described(AL, "Every revision of each alert; read alert_current or alerts."),
    "alert_current": _view(AL, "The latest revision of each alert."),
    "alert_rule": Described(RULE, "Rules that raise alerts; read alert_rule_current."),
    "alert_rule_current": _view(RULE, "alert_rule, final state, deleted ones included."),
    "triage": Described(TRIAGE, "Every act of desks on alerts; read triage_current."),
    "triage_current": _view(TRIAGE, "What desks have decided on each alert, as it stands."),
    "correction": Described(CO, "What people have decided; read correction_current or corrections."),
    "correction_current": _view(CO, "correction, final state."),
    "feed": Described(F, "How each feed is doing; read feed_current or feeds."),
    "feed_current": _view(F, "feed, final state."),
    "feed_history": Described(F, "Every record of each feed; read feed_history_current."),
    "feed_history_current": _view(F, "feed_history, final state."),
    "feed_copies": _view(
        F,
        "What each feed brought, and how much of it only copied others.",
        articles="Articles that it brought.",
        copies="How many of them only copy others.",
        copy_share="Share of them, 0 to 1.",
        latest="When it last brought one; UTC.",
    ),
    "quarantine": Described(Q, "What could not be handled, bytes as base64; read quarantine_current or quarantined."),
    "quarantine_current": _view(Q, "quarantine, final state."),
    "applied_migration": Described(
        "",
        "Which numbered files of schemas/clickhouse this database has.",
        columns={
            "name": "The file.",
            "checksum": "SHA-256 of its text.",
            "server": "Version of the server that ran it.",
            "applied_at": "When; UTC.",
        },
    ),
}
