/** Values of integer and character literals as C spells them. */

/** The value of an integer literal (decimal, hex, octal, binary; suffixes and ' separators allowed); undefined for floats and nonsense. */
export function integerValue(spelling: string): number | undefined {
  const first = spelling.charCodeAt(0);
  if (spelling.length === 1) return first >= 48 && first <= 57 ? first - 48 : undefined;
  const match = /^(0[xX][0-9a-fA-F']+|0[bB][01']+|[0-9][0-9']*)(?:[uUlLzZ]*|[uU]?i(?:8|16|32|64))$/.exec(
    spelling,
  );
  if (match === null) return undefined;
  const digits = match[1]!.replaceAll("'", '');
  const isOctal = /^0[0-7]+$/.test(digits);
  const value = Number(isOctal ? `0o${digits.slice(1)}` : digits);
  return Number.isNaN(value) ? undefined : value;
}

const simpleEscapes: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  a: 7,
  b: 8,
  f: 12,
  v: 11,
  '0': 0,
};

/** The code of a character literal; for several characters MSVC's big-endian sum; 0 for an empty one. */
export function characterValue(spelling: string): number {
  const inner = spelling.slice(spelling.indexOf("'") + 1, -1);
  let value = 0;
  for (const [part] of inner.matchAll(/\\x[0-9a-fA-F]+|\\[0-7]{1,3}|\\u[0-9a-fA-F]{4}|\\.|[^\\]/gsu)) {
    value = (value << 8) | (codeOf(part) & (part.length > 4 ? 0xffff : 0xffffff)) | 0;
  }
  return value;
}

function codeOf(part: string): number {
  if (!part.startsWith('\\')) return part.codePointAt(0) ?? 0;
  if (part[1] === 'x' || part[1] === 'u') return Number.parseInt(part.slice(2), 16);
  if (/^\\[0-7]/.test(part)) return Number.parseInt(part.slice(1), 8);
  return simpleEscapes[part[1] ?? ''] ?? part.charCodeAt(1);
}
