"""A model of your own behind Vigía, with Python's standard library alone: replace `score`, keep the rest."""
import json, os, threading, time, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

env, port, calls = os.environ, int(os.environ["VIGIA_PORT"]), []

def score(row): return {"class": "fraud" if row["amount"] > 500 else "legitimate"}

def append(file, line):  # opened each time: a file that was rotated away is not written to any more
    with open(env[file], "a") as lines: lines.write(json.dumps(line) + "\n")

def emit(at, unit, **metrics):  # one line of embedded metric format; a metric is a number, or up to 100 of them
    named = [{"Name": name, "Unit": unit, "StorageResolution": 1} for name in metrics]
    about = {"Namespace": "Vigia/Inference", "Dimensions": [["Service", "Stage"]], "Metrics": named}
    who = {"Service": env["VIGIA_SERVICE"], "Stage": env["VIGIA_STAGE"]}
    append("VIGIA_EMF_FILE", {"_aws": {"Timestamp": at, "CloudWatchMetrics": [about]}, **who, **metrics})

class Handler(BaseHTTPRequestHandler):
    def reply(self, status, body):
        self.send_response_only(status), self.end_headers(), self.wfile.write(json.dumps(body).encode())
    def do_GET(self): self.reply(200 if self.path == "/health/ready" else 404, {})
    def do_POST(self):
        start, status, text = time.perf_counter(), 200, self.rfile.read(int(self.headers["Content-Length"]))
        try: body = {"predictions": [score(row) for row in json.loads(text)["instances"]]}
        except Exception as error:  # what a caller sent wrongly is no failure of the service
            status, body = 400 if isinstance(error, (KeyError, TypeError, ValueError)) else 500, {"error": repr(error)}
            append("VIGIA_LOG_FILE", {"time": time.time(), "level": "error", "status": status, "msg": repr(error)})
        calls.append(((time.perf_counter() - start) * 1000, status)), self.reply(status, body)

threading.Thread(target=ThreadingHTTPServer((env["VIGIA_BIND"], port), Handler).serve_forever, daemon=True).start()
while True:  # every five seconds by the clock, so that no window straddles two periods of a fast alarm
    time.sleep(5 - time.time() % 5)
    at, done = round(time.time() / 5 - 1) * 5000, [calls.pop() for _ in range(len(calls))]
    for i in range(0, len(done), 100): emit(at, "Milliseconds", PredictionLatency=[ms for ms, _ in done[i:i + 100]])
    urllib.request.urlopen(f"http://127.0.0.1:{port}/health/ready", timeout=4).close()  # or it ends, and is restarted
    emit(at, "Count", PredictionCount=len(done), PredictionErrors=sum(s == 500 for _, s in done), ServiceUp=1)
