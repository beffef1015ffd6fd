/**
 * A generic forward fixpoint over a control-flow graph: a worklist in reverse postorder.
 * The domain (states, transfer) is the caller's; this file knows only blocks and edges.
 */
import type { BlockId, Cfg } from '../cfg/cfg.ts';

/** What the fixpoint needs to know of a domain whose points hold lists of disjuncts `S`. */
export interface FixpointDomain<S> {
  /** Executes a block; `emit` gives disjuncts to a successor (or handler) block. `states` must not be changed. */
  flow(block: BlockId, states: readonly S[], emit: (to: BlockId, state: S) => void): void;
  /** Adds a disjunct to a point and says whether the point changed. */
  joinInto(states: S[], state: S): boolean;
  /** Gives up precision at a point that does not settle. */
  widen(states: S[]): void;
}

/** The states in front of each block (empty: unreachable), and whether the fixpoint was reached without widening. */
export interface FixpointResult<S> {
  readonly before: readonly (readonly S[])[];
  readonly isExact: boolean;
}

/** After this many visits a block is widened; after twice as many it is left as it is. */
const VISITS_BEFORE_WIDENING = 40;

/** Runs the analysis from block 0. Deterministic: blocks are visited in the order of `cfg.order`. */
export function runFixpoint<S>(
  cfg: Cfg,
  initial: readonly S[],
  domain: FixpointDomain<S>,
): FixpointResult<S> {
  const before: S[][] = cfg.blocks.map(() => []);
  const rank = new Int32Array(cfg.blocks.length).fill(-1);
  cfg.order.forEach((id, i) => (rank[id] = i));
  const visits = new Uint16Array(cfg.blocks.length);
  const isPending = new Uint8Array(cfg.order.length);
  let isExact = true;
  const entry = before[0];
  if (entry === undefined) return { before, isExact };
  for (const state of initial) domain.joinInto(entry, state);
  isPending[0] = 1;
  let at = 0;
  while (at < cfg.order.length) {
    if (isPending[at] !== 1) {
      at++;
      continue;
    }
    isPending[at] = 0;
    const id = cfg.order[at] ?? 0;
    let next = at + 1;
    const count = (visits[id] ?? 0) + 1;
    visits[id] = count;
    if (count > 2 * VISITS_BEFORE_WIDENING) {
      isExact = false;
      at = next;
      continue;
    }
    const states = before[id] ?? [];
    if (count > VISITS_BEFORE_WIDENING) {
      isExact = false;
      domain.widen(states);
    }
    domain.flow(id, states, (to, state) => {
      const target = before[to];
      const order = rank[to] ?? -1;
      if (target === undefined || order < 0) return;
      if (!domain.joinInto(target, state)) return;
      isPending[order] = 1;
      if (order < next) next = order;
    });
    at = next;
  }
  return { before, isExact };
}
