/** What a backend answers to a batch of spans: protocol buffers like the batch, or the text of whoever stands before it. */
import { Root, type Type } from 'protobufjs/light';

/** `ExportTraceServiceResponse` of opentelemetry-proto, and `google.rpc.Status`, which explains a refusal. */
const messages = Root.fromJSON({
  nested: {
    PartialSuccess: { fields: { rejectedSpans: { id: 1, type: 'int32' } } },
    Taken: { fields: { partialSuccess: { id: 1, type: 'PartialSuccess' } } },
    Refused: { fields: { message: { id: 2, type: 'string' } } },
  },
});
const taken = messages.lookupType('Taken');
const refused = messages.lookupType('Refused');

/** How many spans of a batch that was taken were refused all the same: OTLP's partial success. */
export function rejectedSpans(answer: Uint8Array): number {
  const { partialSuccess } = read<{ partialSuccess?: { rejectedSpans: number } }>(taken, answer);
  return partialSuccess?.rejectedSpans ?? 0;
}

/** Why a batch was refused, in the words of the answer. */
export function reasonIn(answer: Uint8Array): string {
  const { message } = read<{ message?: string }>(refused, answer);
  const words = message || Buffer.from(answer).toString('utf8');
  return words.replace(/\p{Cc}+/gu, ' ').trim();
}

/** Nothing of it where it is something else. */
function read<T extends object>(type: Type, answer: Uint8Array): Partial<T> {
  try {
    return type.decode(answer) as unknown as T;
  } catch {
    return {};
  }
}
