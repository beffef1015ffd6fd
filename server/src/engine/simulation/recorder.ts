/**
 * Writes the trace of a run: columns of events, and the tables beside them. Past its limit it counts what it leaves out;
 * the events that say how a run ended are always kept.
 */
import {
  type Trace,
  type TraceContext,
  type TraceDeadlock,
  TraceEventKind as Event,
  type TraceOutcome,
  traceVersion,
} from '../../protocol/traceFormat.ts';
import { irqlNames } from '../irqlNames.ts';
import type { ResolvedProfile } from '../profiles/profile.ts';
import type { Program } from '../program/program.ts';

/** Name written into traces. */
const tool = 'irql-lens engine 1';

/** Mutable, one per run. */
export class Recorder {
  private readonly columns: [number[], number[], number[], number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
    [],
    [],
    [],
  ];
  private readonly strings: string[];
  private nOmitted = 0;
  readonly maxEvents: number;

  constructor(program: Program, maxEvents: number) {
    this.strings = [...program.strings];
    this.maxEvents = maxEvents;
  }

  /** Index of a sentence. */
  text(sentence: string): number {
    const known = this.strings.indexOf(sentence);
    if (known >= 0) return known;
    this.strings.push(sentence);
    return this.strings.length - 1;
  }

  get isFull(): boolean {
    return this.columns[0].length >= this.maxEvents;
  }

  record(
    time: number,
    cpu: number,
    kind: number,
    context: number,
    a: number,
    b: number,
    location: number,
  ): void {
    if (this.isFull && kind < Event.verifier) {
      this.nOmitted += 1;
      return;
    }
    if (this.maxEvents === 0) return;
    const [times, cpus, kinds, contexts, as, bs, locations] = this.columns;
    times.push(time);
    cpus.push(cpu);
    kinds.push(kind);
    contexts.push(context);
    as.push(a);
    bs.push(b);
    locations.push(location);
  }

  /** The finished trace. */
  finish(
    program: Program,
    profile: ResolvedProfile,
    seed: number,
    end: {
      readonly time: number;
      readonly outcome: TraceOutcome;
      readonly bugCheck?: string;
      readonly deadlock?: TraceDeadlock;
      readonly schedule?: string;
    },
  ): Trace {
    const { scenario } = program;
    const [time, cpu, kind, context, a, b, location] = this.columns;
    return {
      format: 'irql-lens-trace',
      version: traceVersion,
      tool,
      scenario: {
        id: scenario.id,
        title: scenario.title,
        lesson: scenario.lesson ?? '',
        sources: scenario.sources ?? [],
      },
      profile: {
        id: profile.id,
        name: profile.name,
        clockGHz: profile.clockGHz,
        overridden: profile.overridden,
      },
      seed,
      cpus: program.nCpus,
      irqlNames: irqlNames(program.arch),
      contexts: program.contexts.map((row): TraceContext => ({
        name: row.name,
        kind: row.kind,
        cpu: row.cpu,
        irql: row.irql,
      })),
      locks: program.locks.map((row) => ({
        name: row.id,
        kind: row.kind.id,
        displayName: row.kind.displayName,
      })),
      operations: program.operations.map((row) => row.name),
      locations: program.locations,
      strings: this.strings,
      events: { time, cpu, kind, context, a, b, location },
      endTime: end.time,
      outcome: end.outcome,
      ...(end.bugCheck === undefined ? {} : { bugCheck: end.bugCheck }),
      ...(end.deadlock === undefined ? {} : { deadlock: end.deadlock }),
      ...(end.schedule === undefined ? {} : { schedule: end.schedule }),
      truncated: this.nOmitted > 0 || this.maxEvents === 0,
    };
  }
}
