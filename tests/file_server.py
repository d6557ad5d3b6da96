"""A web server on this machine that can be made to fail."""

import contextlib
import os
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock

__all__ = ["FileServer", "run_file_server"]


class FileServer:
    """What a server of a few files does and was asked.

    Attributes
    ----------
    files : dict of str to bytes
        By name, what is served.
    cut_after : dict of str to int
        By name, after how many bytes of an answer the connection breaks off.
    understands_ranges : bool
        Whether a part of a file can be asked for.
    tells_length : bool
        Whether answers have a ``Content-Length``.
    status : int or None
        Answer everything so and without content.
    redirects : dict of str to str
        By name, the address that is sent instead.
    stall_after : dict of str to int
        By name, after how many bytes of an answer no more come, and the connection stays.
    answers : bool
        Whether an answer ever begins; if not, interim ones are sent without end.
    closed : Event
        Set when the server ends.
    requests : list of (str, str or None)
        Name and ``Range`` of each request.
    """

    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"
        self.files, self.cut_after, self.requests = {}, {}, []
        self.redirects, self.stall_after = {}, {}
        self.understands_ranges = self.tells_length = self.answers = True
        self.closed = threading.Event()
        self.status = None


@contextlib.contextmanager
def run_file_server():
    """Run a server in a thread while the context lasts."""
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.state = FileServer(httpd.server_address[1])
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        with mock.patch.dict(os.environ, {"no_proxy": "127.0.0.1"}):
            yield httpd.state
    finally:
        httpd.state.closed.set()
        httpd.shutdown()
        httpd.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        state, name = self.server.state, self.path.lstrip("/")
        wanted = self.headers.get("Range")
        state.requests.append((name, wanted))
        with contextlib.suppress(OSError):  # the client may have gone
            self.answer(state, name, wanted)

    def answer(self, state, name, wanted):
        while not state.answers and not state.closed.is_set():
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if name in state.redirects:
            self.send_response(302)
            self.send_header("Location", state.redirects[name])
            self.end_headers()
            return
        if state.status is not None or name not in state.files:
            self.send_response(state.status or 404)
            self.end_headers()
            return
        content, status = state.files[name], 200
        if wanted and state.understands_ranges:
            start = int(re.fullmatch(r"bytes=(\d+)-", wanted)[1])
            last = len(content) - 1
            content, status = content[start:], 206
        self.send_response(status)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{last}/{last + 1}")
        if state.tells_length:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if name in state.stall_after:
            self.wfile.write(content[: state.stall_after[name]])
            state.closed.wait()
        else:
            self.wfile.write(content[: state.cut_after.get(name)])

    def log_message(self, *args):
        pass
