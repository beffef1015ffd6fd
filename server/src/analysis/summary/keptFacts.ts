/**
 * Facts of bodies that are kept: those that summaries were made from, as long as there is room, and those asked for last.
 * Facts left out are computed again when somebody asks. Room is counted in statements, each some hundred bytes.
 */
import type { BodyFacts } from '../facts.ts';
import type { FunctionId } from '../program.ts';

const MAX_STATEMENTS = 40_000;
const MAX_RECENT = 128;

/** The facts that one snapshot keeps. */
export interface KeptFacts {
  get(id: FunctionId): BodyFacts | undefined;
  /** Keeps what an analysis just made. */
  keep(id: FunctionId, facts: BodyFacts): void;
  /** Keeps what somebody asked for; the oldest such go first. */
  remember(id: FunctionId, facts: BodyFacts): void;
  delete(id: FunctionId): void;
  /** For the next snapshot, with functions 0..count-1 only. */
  copy(count: number): KeptFacts;
}

/** Keeps nothing yet. */
export function createKeptFacts(): KeptFacts {
  return new Store(new Map(), new Map(), 0);
}

class Store implements KeptFacts {
  readonly #kept: Map<FunctionId, BodyFacts>;
  readonly #recent: Map<FunctionId, BodyFacts>;
  #statements: number;

  constructor(kept: Map<FunctionId, BodyFacts>, recent: Map<FunctionId, BodyFacts>, statements: number) {
    this.#kept = kept;
    this.#recent = recent;
    this.#statements = statements;
  }

  get(id: FunctionId): BodyFacts | undefined {
    return this.#kept.get(id) ?? this.#recent.get(id);
  }

  keep(id: FunctionId, facts: BodyFacts): void {
    this.delete(id);
    if (this.#statements >= MAX_STATEMENTS) return;
    this.#kept.set(id, facts);
    this.#statements += facts.statements.length;
  }

  remember(id: FunctionId, facts: BodyFacts): void {
    if (this.#kept.has(id)) {
      this.#kept.set(id, facts);
      return;
    }
    this.#recent.delete(id);
    this.#recent.set(id, facts);
    if (this.#recent.size <= MAX_RECENT) return;
    const [oldest] = this.#recent.keys();
    if (oldest !== undefined) this.#recent.delete(oldest);
  }

  delete(id: FunctionId): void {
    this.#statements -= this.#kept.get(id)?.statements.length ?? 0;
    this.#kept.delete(id);
    this.#recent.delete(id);
  }

  copy(count: number): KeptFacts {
    const copy = new Store(new Map(this.#kept), new Map(this.#recent), this.#statements);
    for (const id of [...this.#kept.keys(), ...this.#recent.keys()]) if (id >= count) copy.delete(id);
    return copy;
  }
}
