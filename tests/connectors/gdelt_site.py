"""GDELT as a site of this machine plays it: a list of the newest update, and its tables as zips."""

import hashlib
import io
import zipfile
from pathlib import Path

SAMPLES = Path(__file__).parent / "samples" / "gdelt"
STAMP = "20240105101500"
TABLES = {"export": "export.CSV", "mentions": "mentions.CSV", "gkg": "gkg.csv"}


def sample(table):
    return (SAMPLES / f"{STAMP}.{TABLES[table]}").read_bytes()


def zipped(name, body):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, body)
    return packed.getvalue()


def publish(site, stamp=STAMP, **tables):
    """Put an update on the site as its newest; `tables`: bytes by name, those of the sample where they are not given."""
    lines = []
    for table, ending in TABLES.items():
        body = tables.get(table, sample(table))
        name = f"{stamp}.{ending}"
        packed = zipped(name, body)
        site.pages[f"/gdeltv2/{name}.zip"] = packed
        md5 = hashlib.md5(packed).hexdigest()
        lines.append(f"{len(packed)} {md5} {site.root}/gdeltv2/{name}.zip")
    site.pages["/gdeltv2/lastupdate.txt"] = "\n".join([*lines, ""]).encode()
