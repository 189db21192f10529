import { crc32, deflateSync } from "node:zlib";
import type { PNG } from "pngjs";

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** How many colours a palette has at most. */
const COLOURS = 256;

/**
 * Makes a small PNG of a picture that has no transparent parts. It has the 256 colours that are most of the picture; others,
 * such as those at the edges of letters, become the nearest of these.
 */
export function encodeWithPalette({ width, height, data }: PNG): Buffer {
  const colours = new Uint32Array(width * height);
  const counts = new Map<number, number>();
  for (let i = 0; i < colours.length; i++) {
    const colour = data.readUIntBE(i * 4, 3);
    colours[i] = colour;
    counts.set(colour, (counts.get(colour) ?? 0) + 1);
  }
  const byCount = [...counts].sort(([a, one], [b, other]) => other - one || a - b).map(([colour]) => colour);
  const palette = byCount.slice(0, COLOURS);
  const indexes = new Map(byCount.map((colour) => [colour, nearestTo(colour, palette)]));

  // Each row begins with its filter: none, which is the best for a palette.
  const rows = Buffer.alloc((width + 1) * height);
  for (let i = 0; i < colours.length; i++) {
    rows[i + Math.floor(i / width) + 1] = indexes.get(colours[i] as number) as number;
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits a pixel, with a palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk("IHDR", header),
    chunk("PLTE", Buffer.from(palette.flatMap(partsOf))),
    chunk("IDAT", deflateSync(rows, { level: 9, memLevel: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function nearestTo(colour: number, palette: readonly number[]): number {
  const [red, green, blue] = partsOf(colour);
  let [nearest, least] = [0, Number.POSITIVE_INFINITY];
  for (const [index, each] of palette.entries()) {
    const [r, g, b] = partsOf(each);
    const distance = (red - r) ** 2 + (green - g) ** 2 + (blue - b) ** 2;
    if (distance < least) {
      [nearest, least] = [index, distance];
    }
  }
  return nearest;
}

/** Red, green and blue. */
function partsOf(colour: number): [number, number, number] {
  return [colour >> 16, (colour >> 8) & 0xff, colour & 0xff];
}

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, "latin1"), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
