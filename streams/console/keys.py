"""What the console's handlers share, by the keys under which the application holds it."""

from aiohttp import web

from streams.console.board import Board

BOARD = web.AppKey("board", Board)
