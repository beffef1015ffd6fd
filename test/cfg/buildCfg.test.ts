/** The control-flow graph: reachability, loops, clean-ups on every way out, limits. */
import { describe, expect, it } from 'vitest';
import { buildCfg } from '../../server/src/cfg/buildCfg.ts';
import { successorsOf } from '../../server/src/cfg/cfg.ts';
import type { Cfg } from '../../server/src/cfg/cfg.ts';
import {
  createAtomTable,
  emptyMacroScope,
  parseBody,
  readStructure,
} from '../../server/src/syntax/frontEnd.ts';
import type { BodyIr } from '../../server/src/syntax/ir.ts';

interface Built {
  readonly cfg: Cfg;
  readonly ir: BodyIr;
  readonly text: string;
}

function build(body: string): Built {
  const text = `int F(int a) {\n${body}\n}\n`;
  const atoms = createAtomTable();
  const structure = readStructure(text, atoms);
  const [head] = structure.functions;
  if (head === undefined) throw new Error('no function');
  const ir = parseBody(text, structure, head, emptyMacroScope(), atoms);
  return { cfg: buildCfg(ir), ir, text };
}

/** The statements that control can reach, as text, in block order; a copied statement stands as often as it is copied. */
function reached({ cfg, ir, text }: Built): string[] {
  return [...cfg.order]
    .sort((a, b) => a - b)
    .flatMap((id) => cfg.blocks[id]?.items ?? [])
    .filter((item) => item >= 0)
    .map((node) => text.slice(ir.start[node], ir.end[node]).split(/[\s({]/)[0] ?? '');
}

/** Reachable blocks that leave the function. */
function exitsOf({ cfg }: Built): number {
  return cfg.order.filter((id) => cfg.blocks[id]?.terminator.kind === 'exit').length;
}

describe('buildCfg', () => {
  it('gives every return and the closing brace an exit of their own', () => {
    expect(exitsOf(build('if (a) return 1; if (a > 2) return 2; a++;'))).toBe(3);
    expect(exitsOf(build('return 1; a++;'))).toBe(1);
  });

  it('leaves out what no path reaches', () => {
    expect(reached(build('One(); return 1; Two();'))).toEqual(['One', 'return']);
    expect(reached(build('for (;;) { One(); } Two();'))).not.toContain('Two');
    expect(reached(build('switch (a) { Zero(); case 1: One(); break; default: Two(); }'))).not.toContain(
      'Zero',
    );
  });

  it('copies a finally body for each place that control leaves its try for', () => {
    const built = build(
      '__try { if (a) return 1; if (a > 2) __leave; One(); } __finally { Clean(); } Two();',
    );
    expect(reached(built).filter((name) => name === 'Clean')).toHaveLength(2);
    expect(exitsOf(built)).toBe(2);
  });

  it('runs nested clean-ups innermost first on a goto out of both', () => {
    const built = build(
      '__try { __try { goto Out; } __finally { Inner(); } } __finally { Outer(); } return 0; Out: Last(); return 1;',
    );
    const names = reached(built);
    expect(names).toContain('Last');
    const { cfg, ir, text } = built;
    const blockOf = (name: string): number =>
      cfg.order.find((id) =>
        cfg.blocks[id]?.items.some(
          (node) => node >= 0 && text.slice(ir.start[node], ir.end[node]).startsWith(name),
        ),
      ) ?? -1;
    const inner = cfg.blocks[blockOf('Inner')];
    expect(inner === undefined ? [] : successorsOf(inner)).toContain(blockOf('Outer'));
  });

  it('falls through cases and keeps break and continue apart', () => {
    const built = build(
      'while (a) { switch (a) { case 1: One(); case 2: Two(); continue; default: break; } Three(); }',
    );
    expect(reached(built)).toEqual(expect.arrayContaining(['One', 'Two', 'Three']));
    expect(built.cfg.isComplete).toBe(true);
  });

  it('says when a jump has no target', () => {
    expect(build('goto Nowhere;').cfg.isComplete).toBe(false);
  });

  it('takes an else-if chain of thousands without deep recursion', () => {
    const chain = Array.from({ length: 5000 }, (_, i) => `if (a == ${String(i)}) One();`).join(' else ');
    const built = build(chain);
    expect(built.cfg.order.length).toBeGreaterThan(0);
  });

  it('orders blocks so that predecessors come first outside of loops', () => {
    const { cfg } = build('if (a) One(); else Two(); Three();');
    const rank = new Map(cfg.order.map((id, i) => [id, i]));
    for (const id of cfg.order) {
      const block = cfg.blocks[id];
      if (block === undefined) continue;
      for (const to of successorsOf(block)) expect(rank.get(to)).toBeGreaterThan(rank.get(id) ?? 0);
    }
  });
});
