/**
 * A scenario compiled for the machine: code, state layout, memory lines, contexts, tables. Plain data, never changed by a run.
 */
import type { LockKind } from '../locks/lockKind.ts';
import type { Arrivals, Duration, Scenario } from '../../protocol/scenarioFormat.ts';
import type { Arch } from '../../protocol/irqlLevels.ts';
import type { TraceContextKind, TraceLocation } from '../../protocol/traceFormat.ts';
import type { Code } from './assembler.ts';

/** One thread, DPC or ISR on one CPU. Contexts are numbered CPU by CPU. */
export interface ProgramContext {
  readonly name: string;
  readonly kind: Exclude<TraceContextKind, 'idle'>;
  readonly cpu: number;
  /** IRQL that it starts at. */
  readonly irql: number;
  /** First and one past the last operation. */
  readonly entry: number;
  readonly end: number;
  /** Base of its state block. */
  readonly base: number;
  readonly nRegisters: number;
  readonly importance: 'low' | 'medium' | 'mediumHigh' | 'high';
  readonly arrivals: Arrivals | undefined;
  /** Some statement makes it come later: a timer of a DPC, an inter-processor interrupt of an ISR. */
  readonly hasTimer: boolean;
}

export interface ProgramLock {
  readonly id: string;
  readonly kind: LockKind;
  /** IRQL that a raising acquisition goes to. */
  readonly irql: number;
  /** The lock's words, for views and tests. */
  readonly words: Readonly<Record<string, number>>;
}

/** A routine of some lock kind, as called. */
export interface ProgramOperation {
  readonly name: string;
  readonly form: 'raising' | 'atDispatch' | 'raisingIfBelow' | 'passive' | 'isr';
}

export interface ProgramChoice {
  readonly weights: readonly number[];
  readonly targets: readonly number[];
}

export interface Program {
  readonly scenario: Scenario;
  /** Whose IRQLs it has. */
  readonly arch: Arch;
  readonly nCpus: number;
  /** DPCs that may lie in a queue before it is drained whatever their importance. */
  readonly maxQueueDepth: number;
  readonly code: Code;
  /** Bits and initial values of the state's slots. */
  readonly bits: readonly number[];
  readonly initial: Int32Array;
  readonly cpuBase: Int32Array;
  /** Index of each CPU's first context. */
  readonly firstContext: Int32Array;
  /** Slot of the first entry of each CPU's DPC queue. */
  readonly queueBase: Int32Array;
  readonly contexts: readonly ProgramContext[];
  /** Base of each context's state block. */
  readonly contextBase: Int32Array;
  /** Contexts of each CPU by role; ISRs by falling IRQL. */
  readonly threadsOf: readonly (readonly number[])[];
  readonly threadedDpcsOf: readonly (readonly number[])[];
  readonly isrsOf: readonly (readonly number[])[];
  readonly locks: readonly ProgramLock[];
  /** Slot that counts how often context c owns lock l: index l * contexts + c; -1 where the context never uses the lock. */
  readonly heldSlot: Int32Array;
  /** Cache line of each word slot, -1 for slots that are no memory. */
  readonly lineOf: Int32Array;
  readonly nLines: number;
  readonly durations: readonly Duration[];
  readonly choices: readonly ProgramChoice[];
  readonly operations: readonly ProgramOperation[];
  readonly locations: readonly TraceLocation[];
  readonly strings: readonly string[];
  /** True where some context loops without end. */
  readonly hasEndlessLoop: boolean;
}
