"""The push server on the command line."""

from datetime import UTC, datetime

from aiohttp import web

from connectors.ingest.publish import Publisher
from connectors.push.intake import Intake
from connectors.push.server import check_binding, create_push
from deploy.actions.codec import open_codec
from schemas.errors import Stop
from schemas.transport.tokens import Tokens
from streams.settings import Settings, secret_file


def run_push(settings: Settings, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM. Raises Stop for an address that must not be opened or cannot be opened."""
    token = settings.push_token.get_secret_value()
    check_binding(host, token)
    with Publisher(
        settings.kafka, open_codec(settings), batch_bytes=settings.batch_bytes, client_id="tocsin-push"
    ) as publisher:
        app = create_push(
            Intake(publisher), token=Tokens(token, secret_file("push_token")), clock=lambda: datetime.now(UTC)
        )
        who = "with the token" if token else "from this machine"
        print(f"pushes {who} are taken at http://{host}:{port}/v1/articles and /v1/events; Ctrl-C stops it", flush=True)
        try:
            web.run_app(app, host=host, port=port, print=None, access_log=None)
        except OSError as error:
            raise Stop(f"{host}:{port} cannot be opened: {error.strerror or error}; see push_port") from error
