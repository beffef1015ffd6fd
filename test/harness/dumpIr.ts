// A compact S-expression of an IR, for table tests: `(If (Binary < (Name a) (Number 1)) (Block ...))`.
import type { AtomTable } from '../../server/src/syntax/atoms.ts';
import { childrenOf, NodeFlag, NodeKind, type BodyIr, type NodeId } from '../../server/src/syntax/ir.ts';

const kindNames = new Map<number, string>(Object.entries(NodeKind).map(([name, kind]) => [kind, name]));

/** What a dump shows beside kinds, atoms and children. */
export interface DumpOptions {
  /** `!` behind nodes that came out of a macro */
  readonly showMacros?: boolean;
}

/** Dumps the tree under `node` on one line. */
export function dumpIr(ir: BodyIr, atoms: AtomTable, node: NodeId = 0, options: DumpOptions = {}): string {
  const kind = ir.kind[node]!;
  const flags = ir.flags[node]!;
  let head = kindNames.get(kind) ?? String(kind);
  if (options.showMacros === true && (flags & NodeFlag.FromMacro) !== 0) head += '!';
  if ((flags & NodeFlag.SplitByIf) !== 0) head += '~';
  const parts = [head];
  const atom = atoms.text(ir.atom[node]!);
  if (atom !== '')
    parts.push(kind === NodeKind.Member && (flags & NodeFlag.Arrow) !== 0 ? `->${atom}` : atom);
  if (kind === NodeKind.Decl)
    parts.push(
      `:${atoms.text(ir.aux[node]!)}${(flags & NodeFlag.Pointer) !== 0 ? '*' : ''}${(flags & NodeFlag.Array) !== 0 ? '[]' : ''}`,
    );
  for (const child of childrenOf(ir, node)) parts.push(dumpIr(ir, atoms, child, options));
  return parts.length === 1 ? parts[0]! : `(${parts.join(' ')})`;
}
