/** The length of each byte's code, in bits (RFC 7541, appendix B). The code is canonical: its lengths define it. */
const CODE_LENGTHS = Uint8Array.of(
  ...[13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28],
  ...[28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28],
  ...[6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6],
  ...[5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10],
  ...[13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7],
  ...[7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6],
  ...[15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5],
  ...[6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28],
  ...[20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23],
  ...[24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24],
  ...[22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23],
  ...[21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23],
  ...[26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25],
  ...[19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27],
  ...[20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23],
  ...[26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26],
);

/** The shortest code, in bits. */
const SHORTEST = 5;

/** The most bits of padding, which are ones: fewer than a byte has. */
const MOST_PADDING = 7;

/** A node of the tree of codes: what the next bit leads to, a node or, as a negative number, a byte. */
type Node = [zero: number, one: number];

/**
 * The decoder's steps: four bits at a time, of which no more than one byte's code can end. By node and bits: the next
 * node, or -1 for bits that are no code.
 */
const nextNode: Int16Array = new Int16Array(256 * 16).fill(-1);
/** By node and bits: the byte whose code has ended, or -1. */
const endedByte: Int16Array = new Int16Array(256 * 16).fill(-1);
/** The nodes at which a text may end: the first, and those that padding leads to from there. */
const ends = new Set<number>([0]);

fillTables(plantTree());

/** Returns the tree of codes. The first node is the root. */
function plantTree(): Node[] {
  const nodes: Node[] = [[0, 0]];
  const bytes = Array.from(CODE_LENGTHS.keys()).sort((a, b) => length(a) - length(b) || a - b);
  let code = 0;
  let bits = length(bytes[0] as number);
  for (const byte of bytes) {
    code <<= length(byte) - bits;
    bits = length(byte);
    let node = nodes[0] as Node;
    for (let bit = bits - 1; bit > 0; bit--) {
      const side = (code >> bit) & 1;
      if (node[side] === 0) {
        node[side] = nodes.push([0, 0]) - 1;
      }
      node = nodes[node[side] as number] as Node;
    }
    node[code & 1] = ~byte;
    code += 1;
  }
  return nodes;
}

function length(byte: number): number {
  return CODE_LENGTHS[byte] as number;
}

function fillTables(nodes: readonly Node[]): void {
  for (const [number] of nodes.entries()) {
    for (let bits = 0; bits < 16; bits++) {
      let at = number;
      let byte = -1;
      for (let bit = 3; bit >= 0 && at >= 0; bit--) {
        const next = (nodes[at] as Node)[(bits >> bit) & 1] as number;
        if (next < 0) {
          byte = ~next;
          at = 0;
        } else {
          // Only the end-of-string code has no node here. A text must not contain it.
          at = next === 0 ? -1 : next;
        }
      }
      nextNode[number * 16 + bits] = at;
      endedByte[number * 16 + bits] = byte;
    }
  }
  for (let padding = 1, at = 0; padding <= MOST_PADDING; padding++) {
    at = (nodes[at] as Node)[1];
    ends.add(at);
  }
}

/** Returns a text that is written in Huffman's code, its bytes as Latin-1; undefined when the bytes are none. */
export function decodeHuffman(bytes: Uint8Array): string | undefined {
  const text = Buffer.allocUnsafe(Math.floor((bytes.length * 8) / SHORTEST));
  let size = 0;
  let node = 0;
  for (const two of bytes) {
    for (const bits of [two >> 4, two & 15]) {
      const step = node * 16 + bits;
      node = nextNode[step] as number;
      if (node < 0) {
        return undefined;
      }
      const byte = endedByte[step] as number;
      if (byte >= 0) {
        text[size] = byte;
        size += 1;
      }
    }
  }
  return ends.has(node) ? text.toString("latin1", 0, size) : undefined;
}
