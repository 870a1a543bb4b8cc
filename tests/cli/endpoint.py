"""A language model's stand-in for describe.sh, on 127.0.0.1: prints its port, then answers as the first part of the path
has it. Ends with its standard input."""
import http.server
import json
import sys
import threading
import time

GOOD = [
    {"kind": "lay", "text": "the left drumstick bone"},
    {"kind": "question", "text": "any sign of the left femur there?"},
    "left femur shaft and head, please",
    {"kind": "lay", "text": "the right drumstick bone"},
    "no side at all",
    "left femur",
    "left tibia, right?",
    "I'm sorry, I cannot name the left one",
    "left {femur}",
    "left " + "very " * 20 + "long bone",
    "LEFT DRUMSTICK BONE",
    "The Left Drumstick Bone",
    7,
    "left\nbone",
]


def content(kind, request):
    if kind == "array":
        return "Sure:\n```json\n" + json.dumps(GOOD) + "\n```"
    if kind == "lines":
        return '1. "vertebra C6, sixth down"\n2) the C5 one\n- C6 on this film?\n\n* sixth from the top\n```\n'
    if kind == "echo":
        return request["model"] + "!\n" + request["messages"][0]["content"]
    return "[" * 100000 if kind == "deep" else ""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        kind = self.path.split("/")[1]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = 200, b""
        if not self.path.endswith("/v1/chat/completions"):
            status = 404
        elif kind == "key":
            status = 200 if self.headers.get("Authorization") == "Bearer secret" else 401
            answer = json.dumps({"choices": [{"message": {"content": "left bone of keys"}}]}).encode()
        elif kind == "error":
            status = 500
        elif kind == "moved":
            status = 302
        elif kind == "slow":
            time.sleep(3)
        elif kind == "html":
            answer = b"<html>hello</html>"
        elif kind == "bare":
            answer = b'{"choices": []}'
        elif kind == "nul":
            answer = b'{"choices": []}\0'
        elif kind == "large":
            answer = b" " * (2 << 20)
        elif kind != "empty":
            answer = json.dumps({"choices": [{"message": {"content": content(kind, json.loads(body))}}]}).encode()
        try:
            self.send_response(status)
            if status == 302:
                self.send_header("Location", "/array/v1/chat/completions")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
        except OSError:
            pass

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
