"""A hub on this machine: a server that speaks the protocol of the Hugging Face Hub, has one model, and does wrong where a test wants it."""

import hashlib
import http.server
import json
import threading
import urllib.parse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def git_blob(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub(http.server.ThreadingHTTPServer):
    """Files of one model, and a list of misdeeds: functions of (handler, name), of which the first that returns True has answered."""

    daemon_threads = True

    def __init__(self, name, files):
        super().__init__(("127.0.0.1", 0), Handler)
        self.name = name
        self.files = files
        self.commit = COMMIT
        self.misdeeds = []
        self.requests = []  # path, Range, Authorization
        self.listing = None
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def siblings(self):
        if self.listing is not None:
            return self.listing
        rows = []
        for name, data in self.files.items():
            row = {"rfilename": name, "size": len(data), "blobId": git_blob(data)}
            if name.endswith((".safetensors", ".bin")):
                row["lfs"] = {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "pointerSize": 134}
            rows.append(row)
        return rows

    def asked(self, ending):
        return [request for request in self.requests if request[0].endswith(ending)]

    def handle_error(self, request, client_address):
        pass  # connections that the program, or a misdeed, has cut


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, data=b"", **headers):
        self.send_response(status)
        for name, value in ({"Content-Length": len(data)} | {name.replace("_", "-"): value for name, value in headers.items()}).items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self):
        hub = self.server
        path = urllib.parse.unquote(self.path)
        hub.requests.append((path, self.headers.get("Range"), self.headers.get("Authorization")))
        for misdeed in list(hub.misdeeds):
            if misdeed(self, path):
                return None
        if path.startswith(f"/api/models/{hub.name}/revision/"):
            revision = path.split("?")[0].removeprefix(f"/api/models/{hub.name}/revision/")
            if revision not in ("main", "refs/pr/1", hub.commit):
                return self.answer(404, X_Error_Message="Invalid rev id: " + revision)
            return self.answer(200, json.dumps({"id": hub.name, "sha": hub.commit, "siblings": hub.siblings()}).encode())
        prefix = f"/{hub.name}/resolve/{hub.commit}/"
        if path.startswith(prefix) and path.removeprefix(prefix) in hub.files:
            return self.send_file(hub.files[path.removeprefix(prefix)])
        return self.answer(404)

    def send_file(self, data, **headers):
        wanted = self.headers.get("Range")
        if wanted:
            first = int(wanted.removeprefix("bytes=").removesuffix("-"))
            return self.answer(206, data[first:], Content_Range=f"bytes {first}-{len(data) - 1}/{len(data)}", **headers)
        return self.answer(200, data, **headers)
