/**
 * Reads a trace file of any version: older ones are lifted step by step, newer ones refused with a sentence.
 * Version 1 is the first, so there is nothing to lift yet; a new version adds one function to `upgraders`.
 */
import { type Trace, traceVersion } from './traceFormat.ts';

/** `upgraders[n]` turns a trace of version n into one of version n + 1. */
const upgraders: Readonly<Record<number, (trace: Record<string, unknown>) => Record<string, unknown>>> = {};

const columns = ['time', 'cpu', 'kind', 'context', 'a', 'b', 'location'] as const;

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The trace in today's version, or what is wrong with the file. Never throws. */
export function upgradeTrace(value: unknown): { readonly trace: Trace } | { readonly problem: string } {
  if (!isRecord(value) || value['format'] !== 'irql-lens-trace')
    return { problem: 'This is no IRQL Lens trace.' };
  let trace = value;
  for (let version = Number(trace['version']); version !== traceVersion; version += 1) {
    if (!Number.isInteger(version) || version < 1) return { problem: 'The trace has no valid version.' };
    if (version > traceVersion) {
      return {
        problem: `The trace was written by a newer IRQL Lens (version ${version}; this one reads up to ${traceVersion}).`,
      };
    }
    const lift = upgraders[version];
    if (lift === undefined) return { problem: `Traces of version ${version} can no longer be read.` };
    trace = lift(trace);
  }
  const problem = columnProblem(trace['events']);
  if (problem !== undefined) return { problem };
  // The columns are checked; the tables beside them are read with defaults by every reader.
  return { trace: trace as unknown as Trace };
}

function columnProblem(events: unknown): string | undefined {
  if (!isRecord(events)) return 'The trace has no events.';
  let length: number | undefined;
  for (const column of columns) {
    const values = events[column];
    if (!Array.isArray(values)) return `The trace lacks the column '${column}'.`;
    length ??= values.length;
    if (values.length !== length) return `The columns of the trace differ in length ('${column}').`;
    if (!values.every((each) => typeof each === 'number'))
      return `The column '${column}' holds something that is no number.`;
  }
  return undefined;
}
