/**
 * Schedule strings: one token per transition, in order. `2` CPU 2 goes on, `2/1` and takes branch 1 of the choice it meets,
 * `+5` context 5 arrives, `q2` the clock switches threads on CPU 2, `d2` CPU 2 drains left DPCs.
 */

export type Move =
  | { readonly kind: 'advance'; readonly cpu: number; readonly branch: number }
  | { readonly kind: 'arrive'; readonly context: number }
  | { readonly kind: 'switch'; readonly cpu: number }
  | { readonly kind: 'drain'; readonly cpu: number };

/** Whole numbers for the explorer's tables: kind * 2^16 + branch * 2^12 + target. */
export function encodeMove(move: Move): number {
  switch (move.kind) {
    case 'advance':
      return (move.branch << 12) | move.cpu;
    case 'arrive':
      return (1 << 16) | move.context;
    case 'switch':
      return (2 << 16) | move.cpu;
    case 'drain':
      return (3 << 16) | move.cpu;
  }
}

export function decodeMove(code: number): Move {
  const target = code & 0xfff;
  const kind = code >> 16;
  if (kind === 1) return { kind: 'arrive', context: target };
  if (kind === 2) return { kind: 'switch', cpu: target };
  if (kind === 3) return { kind: 'drain', cpu: target };
  return { kind: 'advance', cpu: target, branch: (code >> 12) & 15 };
}

export function moveToken(move: Move): string {
  switch (move.kind) {
    case 'advance':
      return move.branch === 0 ? `${move.cpu}` : `${move.cpu}/${move.branch}`;
    case 'arrive':
      return `+${move.context}`;
    case 'switch':
      return `q${move.cpu}`;
    case 'drain':
      return `d${move.cpu}`;
  }
}

/** Undefined where the text is no schedule. */
export function parseSchedule(text: string): readonly Move[] | undefined {
  const moves: Move[] = [];
  for (const token of text.split(/\s+/)) {
    if (token === '') continue;
    const match = /^([+qd]?)(\d{1,3})(?:\/(\d{1,2}))?$/.exec(token);
    if (match === null) return undefined;
    const target = Number(match[2]);
    if (match[1] === '+') moves.push({ kind: 'arrive', context: target });
    else if (match[1] === 'q') moves.push({ kind: 'switch', cpu: target });
    else if (match[1] === 'd') moves.push({ kind: 'drain', cpu: target });
    else moves.push({ kind: 'advance', cpu: target, branch: Number(match[3] ?? 0) });
  }
  return moves;
}
