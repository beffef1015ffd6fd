/**
 * Notes what the machine says: counts acquisitions, waits, holds and routines, remembers who owns what since when, and passes
 * events on to the record. It never changes the run.
 */
import { TraceEventKind as Event } from '../../protocol/traceFormat.ts';
import { ownerOf } from '../machine/checks.ts';
import type { Machine } from '../machine/machine.ts';
import type { Program } from '../program/program.ts';
import { warningText } from '../remarks.ts';
import type { CostTable } from './costTable.ts';
import type { Metrics } from './metrics.ts';
import type { Recorder } from './recorder.ts';

/** Mutable, one per run. Times are ticks. */
export class Observer {
  /** Of each lock: the context that owns it, or -1. */
  readonly owner: Int32Array;
  /** Of each CPU: how many contexts have started there. */
  readonly nStarted: Float64Array;
  /** Of each CPU: how many DPCs were queued for it. */
  readonly nQueued: Float64Array;
  readonly verifier: string[] = [];
  readonly warnings: string[] = [];
  private readonly program: Program;
  private readonly nContexts: number;
  private readonly machine: Machine;
  private readonly table: CostTable;
  private readonly distances: Uint8Array;
  private readonly metrics: Metrics;
  private readonly recorder: Recorder;
  private readonly isRecording: boolean;
  /** Of each context: when it found its lock taken (-1: it did not), when its run began. */
  private readonly waitedFrom: Float64Array;
  private readonly startedAt: Float64Array;
  /** Of each lock: the CPU that released it last; hold begin per lock and context. */
  private readonly lastReleaser: Int32Array;
  private readonly heldFrom: Float64Array;

  constructor(
    machine: Machine,
    table: CostTable,
    distances: Uint8Array,
    metrics: Metrics,
    recorder: Recorder,
  ) {
    const { program } = machine;
    this.program = program;
    this.nContexts = program.contexts.length;
    this.machine = machine;
    this.table = table;
    this.distances = distances;
    this.metrics = metrics;
    this.recorder = recorder;
    this.isRecording = recorder.maxEvents > 0;
    this.nStarted = new Float64Array(program.nCpus);
    this.nQueued = new Float64Array(program.nCpus);
    this.waitedFrom = new Float64Array(this.nContexts).fill(-1);
    this.startedAt = new Float64Array(this.nContexts);
    this.owner = new Int32Array(program.locks.length).fill(-1);
    this.lastReleaser = new Int32Array(program.locks.length).fill(-1);
    this.heldFrom = new Float64Array(program.locks.length * this.nContexts);
  }

  /** Something happened; kinds and what a and b mean are those of the trace. */
  note(now: number, kind: number, cpu: number, context: number, a: number, b: number): void {
    let second = b;
    switch (kind) {
      case Event.acquired:
      case Event.acquiredShared:
        second = this.countAcquired(now, cpu, context, a);
        this.heldFrom[a * this.nContexts + context] = now;
        break;
      case Event.released:
        this.metrics.released(a, now - this.heldFrom[a * this.nContexts + context]!);
        this.lastReleaser[a] = cpu;
        this.owner[a] = this.program.locks[a]!.kind.sharesOwnership === true ? ownerOf(this.machine, a) : -1;
        break;
      case Event.dpcQueued:
        this.nQueued[b]! += 1;
        break;
      case Event.contextStart:
        this.startedAt[context] = now;
        this.countContext(cpu, context);
        break;
      case Event.contextEnd:
        this.checkGuideline(now, cpu, context);
        break;
      default:
    }
    if (!this.isRecording) return;
    const location = kind >= Event.verifier ? -1 : this.locationOf(context);
    this.recorder.record(now, cpu, kind, context, a, second, location);
  }

  /** The context begins to work for so many ticks. */
  noteWork(now: number, cpu: number, context: number, ticks: number, kind: number): void {
    if (!this.isRecording) return;
    this.recorder.record(now, cpu, Event.workBegin, context, ticks, kind, this.locationOf(context));
  }

  /** The context has found the lock taken. */
  noteWait(now: number, cpu: number, context: number, lock: number): void {
    if (lock < 0 || this.waitedFrom[context]! >= 0) return;
    this.waitedFrom[context] = now;
    if (!this.isRecording) return;
    this.recorder.record(
      now,
      cpu,
      Event.waitBegin,
      context,
      lock,
      this.owner[lock]!,
      this.locationOf(context),
    );
  }

  /** Driver Verifier or a guideline says this; each sentence once. */
  say(list: string[], now: number, text: string, cpu: number, context: number): void {
    if (list.includes(text)) return;
    list.push(text);
    const kind = list === this.warnings ? Event.warning : Event.verifier;
    this.note(now, kind, cpu, context, this.recorder.text(text), 0);
  }

  /** Location of the statement that the context executes. */
  locationOf(context: number): number {
    if (context < 0) return -1;
    const { base, entry } = this.program.contexts[context]!;
    return this.program.code.location[Math.max(entry, this.machine.state[base]! - 1)]!;
  }

  private countContext(cpu: number, context: number): void {
    const { kind } = this.program.contexts[context]!;
    if (kind === 'isr') this.metrics.interrupts[cpu]! += 1;
    if (kind === 'dpc' || kind === 'threadedDpc') this.metrics.dpcs[cpu]! += 1;
    this.nStarted[cpu]! += 1;
  }

  private countAcquired(now: number, cpu: number, context: number, lock: number): number {
    const from = this.waitedFrom[context]!;
    const releaser = from >= 0 ? this.lastReleaser[lock]! : -1;
    this.waitedFrom[context] = -1;
    this.owner[lock] = context;
    const distance = releaser < 0 ? -1 : this.distances[cpu * this.program.nCpus + releaser]!;
    this.metrics.acquired(lock, cpu, from < 0 ? 0 : now - from, distance);
    return releaser;
  }

  private checkGuideline(now: number, cpu: number, context: number): void {
    const { kind, name } = this.program.contexts[context]!;
    if (kind !== 'dpc' && kind !== 'isr') return;
    const took = now - this.startedAt[context]!;
    if (took <= (kind === 'dpc' ? this.table.dpcGuideline : this.table.isrGuideline)) return;
    const text = warningText(kind, name, took / (10e3 * this.table.clockGHz));
    this.say(this.warnings, now, text, cpu, context);
  }
}
