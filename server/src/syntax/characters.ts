/** Classes of UTF-16 code units for the tokenizer. Everything from U+0080 on counts as a letter, but for spaces and marks. */

/** Bits of a character's class. */
export const CharClass = { Letter: 1, Digit: 2, Space: 4, NewLine: 8 } as const;

const classes = new Uint8Array(128);
for (let c = 0; c < 128; c++) {
  const isLetter = (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 36;
  if (isLetter) classes[c] = CharClass.Letter;
  else if (c >= 48 && c <= 57) classes[c] = CharClass.Digit;
  else if (c === 10 || c === 13) classes[c] = CharClass.NewLine;
  else if (c <= 32 || c === 127) classes[c] = CharClass.Space;
}

/** Spaces, byte order marks and the like outside ASCII; control characters below 0x20 count as spaces too. */
function isWideSpace(code: number): boolean {
  return (
    code <= 0xa0 ||
    code === 0x3000 ||
    code === 0xfeff ||
    code === 0xfffd ||
    (code >= 0x2000 && code <= 0x206f)
  );
}

/** The class bits of a code unit. */
export function classOf(code: number): number {
  if (code < 128) return classes[code]!;
  return isWideSpace(code) ? CharClass.Space : CharClass.Letter;
}

/** True when an identifier may go on with this code unit. */
export function isWordPart(code: number): boolean {
  if (code < 128) return (classes[code]! & 3) !== 0;
  return !isWideSpace(code);
}
