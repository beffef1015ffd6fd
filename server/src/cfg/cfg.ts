/**
 * The control-flow graph of one body: blocks of IR statements with a terminator each.
 * The same IR node may stand in several blocks (a `__finally` body is copied per way out).
 * It knows nothing of IRQL or locks; branches are kept as expression nodes.
 */
import type { NodeId } from '../syntax/ir.ts';

/** Index of a block in `Cfg.blocks`. */
export type BlockId = number;

/** How control leaves a block. */
export type Terminator =
  | { readonly kind: 'jump'; readonly to: BlockId }
  | {
      readonly kind: 'branch';
      readonly condition: NodeId;
      readonly whenTrue: BlockId;
      readonly whenFalse: BlockId;
    }
  | {
      readonly kind: 'switch';
      readonly value: NodeId;
      readonly cases: readonly SwitchCase[];
      readonly otherwise: BlockId;
    }
  /** an `#if` group: the first alternative whose condition holds */
  | { readonly kind: 'choice'; readonly node: NodeId; readonly alternatives: readonly ChoiceArm[] }
  /** nothing decides: range-for, computed goto */
  | { readonly kind: 'fork'; readonly to: readonly BlockId[] }
  /** leaves the function; `node` is the Return statement or the body's Block */
  | { readonly kind: 'exit'; readonly node: NodeId }
  /** control does not go on: throw, a jump to a label that does not exist */
  | { readonly kind: 'stop' };

/** `case first:` or `case first ... last:`; `last` is -1 for a single value. */
export interface SwitchCase {
  readonly first: NodeId;
  readonly last: NodeId;
  readonly to: BlockId;
}

/** One alternative of an `#if` group; `node` is its Block, whose atom is the condition text. */
export interface ChoiceArm {
  readonly node: NodeId;
  readonly to: BlockId;
}

/**
 * Straight-line statements. An item >= 0 is an IR node to execute or to mark (compound statements stand for the place in
 * front of their condition); an item < 0 is `~decl`: the local declared by node `decl` goes out of scope.
 */
export interface Block {
  readonly id: BlockId;
  readonly items: readonly number[];
  readonly terminator: Terminator;
  /** entry blocks of the exception handlers that may take over anywhere in this block, innermost only */
  readonly handlers: readonly BlockId[];
  readonly isInLoop: boolean;
  readonly isInTry: boolean;
}

/** Block 0 is the entry. Blocks that nothing reaches may exist. */
export interface Cfg {
  readonly blocks: readonly Block[];
  /** block ids in reverse postorder from the entry; unreachable blocks are absent */
  readonly order: readonly BlockId[];
  /** false when nesting or size went over the limits and a region was cut: nothing after it is certain */
  readonly isComplete: boolean;
}

/** The blocks that control may go to from `block`, handlers excluded. */
export function successorsOf(block: Block): readonly BlockId[] {
  const { terminator } = block;
  switch (terminator.kind) {
    case 'jump':
      return [terminator.to];
    case 'branch':
      return [terminator.whenTrue, terminator.whenFalse];
    case 'switch':
      return [...terminator.cases.map(({ to }) => to), terminator.otherwise];
    case 'choice':
      return terminator.alternatives.map(({ to }) => to);
    case 'fork':
      return terminator.to;
    case 'exit':
    case 'stop':
      return [];
  }
}

/** Reverse postorder of the blocks that can be reached from block 0, handler edges included. Iterative. */
export function reversePostorder(blocks: readonly Block[]): BlockId[] {
  const seen = new Uint8Array(blocks.length);
  const order: BlockId[] = [];
  const stack: { id: BlockId; next: number; targets: readonly BlockId[] }[] = [];
  const push = (id: BlockId): void => {
    const block = blocks[id];
    if (block === undefined || seen[id] === 1) return;
    seen[id] = 1;
    stack.push({ id, next: 0, targets: [...successorsOf(block), ...block.handlers].reverse() });
  };
  push(0);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const target = top.targets[top.next];
    if (target === undefined) {
      order.push(top.id);
      stack.pop();
    } else {
      top.next++;
      push(target);
    }
  }
  return order.reverse();
}
