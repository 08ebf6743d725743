"""What OpenTelemetry's own definitions read from the bytes of an export, to compare our reading with.

    pip install opentelemetry-proto
    python decode-export.py < export.hex > export.json
"""

import base64
import json
import sys

from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def with_hex_ids(value):
    """OTLP writes ids in hex where JSON has base64 for bytes."""
    if isinstance(value, list):
        return [with_hex_ids(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {
        key: base64.b64decode(each).hex() if key in ("traceId", "spanId", "parentSpanId") else with_hex_ids(each)
        for key, each in value.items()
    }


request = ExportTraceServiceRequest.FromString(bytes.fromhex(sys.stdin.read()))
json.dump(with_hex_ids(MessageToDict(request, use_integers_for_enums=True)), sys.stdout, indent=2)
print()
