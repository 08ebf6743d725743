/** Reads the few parts of an .onnx file that tell whether its graph is a tree ensemble, and which one. */
import { Root, type Type } from 'protobufjs/light';

export interface Attribute {
  readonly name: string;
  readonly text?: string;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly texts: readonly string[];
}

export interface GraphNode {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

const list = (id: number, type: string) => ({ id, type, rule: 'repeated' as const });

/**
 * The fields of onnx.proto that are asked for, by its numbers; all others are skipped.
 * Whole numbers are read as 32 bits: the ids of nodes and features are small, and 64 would make an object of each.
 */
const modelProto: Type = Root.fromJSON({
  nested: {
    Attribute: {
      fields: {
        name: { id: 1, type: 'string' },
        s: { id: 4, type: 'bytes' },
        floats: list(7, 'float'),
        ints: list(8, 'int32'),
        strings: list(9, 'bytes'),
      },
    },
    Node: {
      fields: {
        input: list(1, 'string'),
        output: list(2, 'string'),
        opType: { id: 4, type: 'string' },
        attribute: list(5, 'Attribute'),
        domain: { id: 7, type: 'string' },
      },
    },
    Graph: { fields: { node: list(1, 'Node') } },
    Model: { fields: { graph: { id: 7, type: 'Graph' } } },
  },
}).lookupType('Model');

interface Decoded {
  readonly graph?: {
    readonly node: readonly {
      readonly input: readonly string[];
      readonly output: readonly string[];
      readonly opType: string;
      readonly domain: string;
      readonly attribute: readonly {
        readonly name: string;
        readonly s?: Uint8Array;
        readonly floats: readonly number[];
        readonly ints: readonly number[];
        readonly strings: readonly Uint8Array[];
      }[];
    }[];
  };
}

/** The nodes of the graph, in the file's order. Throws when the bytes are no protocol buffer at all. */
export function readGraph(bytes: Uint8Array): readonly GraphNode[] {
  const { graph } = modelProto.decode(bytes) as unknown as Decoded;
  return (graph?.node ?? []).map(({ opType, domain, input, output, attribute }) => ({
    operator: opType,
    domain,
    inputs: input,
    outputs: output,
    attributes: new Map(
      attribute.map(({ name, s, floats, ints, strings }) => [
        name,
        { name, ...(s === undefined ? {} : { text: asText(s) }), floats, ints, texts: strings.map(asText) },
      ]),
    ),
  }));
}

const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');
