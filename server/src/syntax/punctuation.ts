/** The longest operator at a place in the text, as a constant atom. */
import { seededWords, type SeededWord, word } from './vocabulary.ts';

const operators: SeededWord[] = seededWords.filter((text) => /^[^\w\s]+$/.test(text));

/** By first character: the operators that begin with it, longest first, as [codes, atom]. */
const byFirst: ({ codes: readonly number[]; atom: number }[] | undefined)[] = [];
for (const text of operators.toSorted((a, b) => b.length - a.length)) {
  const codes = [...text].map((c) => c.charCodeAt(0));
  (byFirst[codes[0]!] ??= []).push({ codes, atom: word[text] });
}

/** Single-character answers for first characters that begin nothing longer. */
const single = new Int32Array(128);
byFirst.forEach((list, first) => {
  if (list?.length === 1 && list[0]!.codes.length === 1) single[first] = list[0]!.atom;
});

/** The atom of the longest operator at `codes[at]`, or 0 when the character begins none. */
export function scanPunctuation(codes: Uint16Array, at: number): number {
  const first = codes[at]!;
  if (first >= 128) return 0;
  const quick = single[first]!;
  if (quick !== 0) return quick;
  for (const { codes: wanted, atom } of byFirst[first] ?? []) {
    let i = 1;
    while (i < wanted.length && codes[at + i] === wanted[i]) i++;
    if (i === wanted.length) return atom;
  }
  return 0;
}
