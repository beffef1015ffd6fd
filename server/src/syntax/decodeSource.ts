/**
 * Bytes of a source file to text: UTF-8 with or without a mark, UTF-16 of either order (by mark or by its zero bytes), else Windows-1252.
 * Own small decoders, because this floor has no TextDecoder. Offsets everywhere are UTF-16 units of the decoded text.
 */

/** The text of a file and how it was read. */
export interface DecodedSource {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
  /** set when the bytes are no source text: the text is then '' */
  readonly problem?: string;
}

/** Bytes that are looked at for guessing. */
const sampleLength = 4096;

/** Decodes a file. */
export function decodeSource(bytes: Uint8Array): DecodedSource {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return { text: decodeUtf8(bytes, 3) ?? decode1252(bytes, 3), encoding: 'utf-8' };
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return { text: decodeUtf16(bytes, 2, false), encoding: 'utf-16le' };
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return { text: decodeUtf16(bytes, 2, true), encoding: 'utf-16be' };
  const zeros = countZeros(bytes);
  if (zeros.even + zeros.odd > 0) return decodeWithZeros(bytes, zeros);
  const text = decodeUtf8(bytes, 0);
  return text === undefined
    ? { text: decode1252(bytes, 0), encoding: 'windows-1252' }
    : { text, encoding: 'utf-8' };
}

function countZeros(bytes: Uint8Array): { even: number; odd: number; length: number } {
  const length = Math.min(bytes.length, sampleLength);
  let even = 0;
  let odd = 0;
  for (let i = 0; i < length; i++) {
    if (bytes[i] !== 0) continue;
    if (i % 2 === 0) even++;
    else odd++;
  }
  return { even, odd, length };
}

/** Zero bytes at every other place are UTF-16; a few others mean a binary file. */
function decodeWithZeros(
  bytes: Uint8Array,
  { even, odd, length }: { even: number; odd: number; length: number },
): DecodedSource {
  const isMany = (n: number): boolean => n > length * 0.3;
  if (isMany(odd) && even < length * 0.02)
    return { text: decodeUtf16(bytes, 0, false), encoding: 'utf-16le' };
  if (isMany(even) && odd < length * 0.02) return { text: decodeUtf16(bytes, 0, true), encoding: 'utf-16be' };
  return { text: '', encoding: 'windows-1252', problem: 'the file holds zero bytes and is no text' };
}

const chunkLength = 8192;

/** Joins code units given one at a time. */
class TextBuilder {
  readonly #chunk = new Uint16Array(chunkLength + 2);
  readonly #parts: string[] = [];
  #used = 0;

  add(unit: number): void {
    this.#chunk[this.#used++] = unit;
    if (this.#used >= chunkLength) this.#flush();
  }

  #flush(): void {
    this.#parts.push(
      String.fromCharCode.apply(null, this.#chunk.subarray(0, this.#used) as unknown as number[]),
    );
    this.#used = 0;
  }

  text(): string {
    this.#flush();
    return this.#parts.join('');
  }
}

function decodeUtf16(bytes: Uint8Array, from: number, isBigEndian: boolean): string {
  const builder = new TextBuilder();
  for (let i = from; i + 1 < bytes.length; i += 2) {
    builder.add(isBigEndian ? (bytes[i]! << 8) | bytes[i + 1]! : bytes[i]! | (bytes[i + 1]! << 8));
  }
  return builder.text();
}

/** The text, or undefined when the bytes are not well-formed UTF-8. */
function decodeUtf8(bytes: Uint8Array, from: number): string | undefined {
  const builder = new TextBuilder();
  for (let i = from; i < bytes.length;) {
    const lead = bytes[i]!;
    if (lead < 0x80) {
      builder.add(lead);
      i++;
      continue;
    }
    const extra =
      lead >= 0xf0 && lead < 0xf5 ? 3 : lead >= 0xe0 && lead < 0xf0 ? 2 : lead >= 0xc2 && lead < 0xe0 ? 1 : 0;
    if (extra === 0 || i + extra >= bytes.length + 0) return undefined;
    const code = codePoint(bytes, i, extra);
    if (code < 0) return undefined;
    if (code > 0xffff) {
      builder.add(0xd800 + ((code - 0x10000) >> 10));
      builder.add(0xdc00 + ((code - 0x10000) & 0x3ff));
    } else builder.add(code);
    i += extra + 1;
  }
  return builder.text();
}

/** The code point at `i` with `extra` continuation bytes; -1 when it is malformed or overlong. */
function codePoint(bytes: Uint8Array, i: number, extra: number): number {
  let code = bytes[i]! & (0x3f >> extra);
  for (let k = 1; k <= extra; k++) {
    const next = bytes[i + k]!;
    if ((next & 0xc0) !== 0x80) return -1;
    code = (code << 6) | (next & 0x3f);
  }
  const smallest = extra === 1 ? 0x80 : extra === 2 ? 0x800 : 0x10000;
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  return code < smallest || code > 0x10ffff || isSurrogate ? -1 : code;
}

/** Windows-1252 at 0x80..0x9f; undefined places keep their byte value. */
const high1252 = [
  0x20ac, 0x81, 0x201a, 0x192, 0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d,
  0x17d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a,
  0x153, 0x9d, 0x17e, 0x178,
];

function decode1252(bytes: Uint8Array, from: number): string {
  const builder = new TextBuilder();
  for (let i = from; i < bytes.length; i++) {
    const byte = bytes[i]!;
    builder.add(byte >= 0x80 && byte < 0xa0 ? high1252[byte - 0x80]! : byte);
  }
  return builder.text();
}
