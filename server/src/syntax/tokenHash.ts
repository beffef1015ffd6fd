/** Hashes of token ranges, for finding out which bodies an edit changed. */
import type { TokenizedText } from './tokenizer.ts';
import { TokenKind } from './tokenTable.ts';

/** Makes the hash function of one file; preprocessor lines inside a range count with all their tokens. */
export function tokenHasher(
  t: TokenizedText,
): (from: number, to: number) => { readonly hash: number; readonly layoutHash: number } {
  const { tokens, directives, directiveTokens } = t;
  return (from, to) => {
    const base = tokens.start[from] ?? 0;
    let hash = 17;
    let layoutHash = 29;
    for (let i = from; i < to; i++) {
      const atom = tokens.atom[i]!;
      layoutHash = mix(mix(layoutHash, tokens.start[i]! - base), tokens.end[i]! - base);
      if (tokens.kind[i] !== TokenKind.Directive) {
        hash = mix(hash, atom === 0 ? tokens.end[i]! - tokens.start[i]! : atom);
        continue;
      }
      const directive = directives[atom]!;
      hash = mix(hash, -1 - directive.kind);
      for (let d = directive.from; d < directive.to; d++) hash = mix(hash, directiveTokens.atom[d]!);
    }
    return { hash, layoutHash };
  };
}

function mix(hash: number, value: number): number {
  const h = Math.imul(hash ^ value, 0x01000193);
  return h ^ (h >>> 15);
}
