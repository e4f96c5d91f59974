"""Pages kept as they came, in WARC files (ISO 28500) of a day each, which any web archive tool reads."""

from datetime import datetime
from io import BytesIO
from pathlib import Path

from warcio.warcwriter import WARCWriter

from connectors.web.answers import Answer


class Archive:
    """A folder of `pages-YYYY-MM-DD.warc.gz`. Each record is a gzip member of its own: a file cut short loses one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, answer: Answer, at: datetime) -> Path:
        """Append one page as a `resource` record; the file that it went into. Raises OSError."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"pages-{at:%Y-%m-%d}.warc.gz"
        with path.open("ab") as file:
            writer = WARCWriter(file, gzip=True)
            record = writer.create_warc_record(
                answer.url,
                "resource",
                payload=BytesIO(answer.body),
                warc_content_type=answer.content_type or "application/octet-stream",
                warc_headers_dict={"WARC-Date": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
            )
            writer.write_record(record)
            record.raw_stream.close()  # a temporary file in which warcio has looked at the body
        return path
