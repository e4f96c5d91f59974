"""Keys of the objects that the console's handlers share in the application."""

from aiohttp import web

from streams.console.board import Board

BOARD = web.AppKey("board", Board)
