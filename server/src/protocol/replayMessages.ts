/**
 * The messages between the replay page and its panel host, as two tagged unions, checked where they arrive.
 * A message that does not fit is refused with a sentence; nothing in it is ever run or put into the page as markup.
 */
import * as z from 'zod';
import { catalogueSchema, type Catalogue } from './catalogue.ts';
import type { RunOverrides, StepChoice, SweepAxes } from './engineMessages.ts';
import { packTrace, type PackedTrace } from './packedTrace.ts';
import type { ScenarioSubject } from './requests.ts';
import { scenarioSchema, type Scenario } from './scenarioFormat.ts';
import type { SimulateResult, SweepResult } from './simulateResult.ts';

/** How a scenario is run: once in simulated time, or all interleavings. */
export type RunMode = 'simulate' | 'explore';

/** What the page's controls ask for, over the scenario's own values. Cycles; absent = as the scenario says. */
export interface RunRequest {
  readonly mode: RunMode;
  readonly overrides: RunOverrides;
  /** Replaces every hold of the scenario. */
  readonly holdCycles?: number | undefined;
  /** Replaces every think time. */
  readonly thinkCycles?: number | undefined;
  /** Interrupts arrive so many times as often: 1 = as the scenario says, 0 = never. */
  readonly interruptRate?: number | undefined;
}

/** The place in the source that a scenario was built from: what the server is asked again when the source has changed. */
export interface BuiltFrom {
  readonly uri: string;
  readonly subject: ScenarioSubject;
}

export const builtFromSchema: z.ZodType<BuiltFrom> = z.strictObject({
  uri: z.string(),
  subject: z.strictObject({
    function: z.string(),
    lock: z.string().exactOptional(),
    rule: z.string().exactOptional(),
  }),
});

/** Host to page. */
export type ToPage =
  /** Shows a run. `slot` b is the second run of a comparison. */
  | {
      readonly type: 'show';
      readonly slot: 'a' | 'b';
      readonly trace: PackedTrace;
      readonly result: SimulateResult | null;
      readonly scenario: Scenario | null;
      readonly request: RunRequest;
      /** URI of the file that the trace was read from; null where it was run. */
      readonly origin: string | null;
      /** What of the source the scenario was built of, kept for the host; absent where it was not. */
      readonly built?: BuiltFrom | undefined;
    }
  | { readonly type: 'catalogue'; readonly catalogue: Catalogue }
  | { readonly type: 'progress'; readonly what: string; readonly done: number; readonly of: number }
  /** Something asked for did not work; the page says it and stays as it is. */
  | { readonly type: 'failed'; readonly message: string }
  | { readonly type: 'cancelled' }
  /** The source that the scenario was built of gives another one now, or the same one again. */
  | { readonly type: 'stale'; readonly isStale: boolean }
  | { readonly type: 'swept'; readonly chart: 'cpus' | 'hold'; readonly result: SweepResult }
  | {
      readonly type: 'stepped';
      readonly trace: PackedTrace;
      readonly result: SimulateResult | null;
      readonly choices: readonly StepChoice[];
    }
  /** The editor's cursor is on this line: show what happens there. */
  | { readonly type: 'revealLine'; readonly file: string; readonly line: number };

/** Page to host. */
export type ToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'run'; readonly slot: 'a' | 'b'; readonly request: RunRequest }
  | {
      readonly type: 'sweep';
      readonly chart: 'cpus' | 'hold';
      readonly request: RunRequest;
      readonly axes: SweepAxes;
    }
  | { readonly type: 'step'; readonly request: RunRequest }
  | { readonly type: 'cancel' }
  /** Builds the scenario from the source again, and runs it. */
  | { readonly type: 'rebuild' }
  /** Opens the line in an editor. */
  | { readonly type: 'openLocation'; readonly file: string; readonly line: number; readonly column: number }
  /** The cursor is at an event of this line; null where it has none. */
  | { readonly type: 'cursorAt'; readonly file: string | null; readonly line: number; readonly irql: number }
  | { readonly type: 'save'; readonly what: 'trace' | 'scenario' | 'perfetto' }
  | { readonly type: 'copy'; readonly text: string; readonly what: string }
  /** Opens a run that somebody shared as a string. */
  | { readonly type: 'openShared'; readonly text: string };

const overridesSchema: z.ZodType<RunOverrides> = z.strictObject({
  cpus: z.int().min(1).max(256).optional(),
  lock: z.string().max(60).optional(),
  profile: z.string().max(120).optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  figures: z.record(z.string(), z.number()).optional(),
  schedule: z.string().max(1_000_000).optional(),
}) as z.ZodType<RunOverrides>;

const cycles = z.number().min(0).max(1e12);

export const runRequestSchema: z.ZodType<RunRequest> = z.strictObject({
  mode: z.enum(['simulate', 'explore']),
  overrides: overridesSchema,
  holdCycles: cycles.optional(),
  thinkCycles: cycles.optional(),
  interruptRate: z.number().min(0).max(1000).optional(),
});

const axesSchema = z.strictObject({
  cpus: z.array(z.int().min(1).max(256)).max(64).optional(),
  locks: z.array(z.string().max(60)).max(32).optional(),
  holdCycles: z.array(cycles).max(64).optional(),
  thinkCycles: z.array(cycles).max(64).optional(),
}) as z.ZodType<SweepAxes>;

const slot = z.enum(['a', 'b']);
const line = z.int().min(1);

export const toHostSchema: z.ZodType<ToHost> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('run'), slot, request: runRequestSchema }),
  z.strictObject({
    type: z.literal('sweep'),
    chart: z.enum(['cpus', 'hold']),
    request: runRequestSchema,
    axes: axesSchema,
  }),
  z.strictObject({ type: z.literal('step'), request: runRequestSchema }),
  z.strictObject({ type: z.literal('cancel') }),
  z.strictObject({ type: z.literal('rebuild') }),
  z.strictObject({ type: z.literal('openLocation'), file: z.string().min(1), line, column: line }),
  z.strictObject({
    type: z.literal('cursorAt'),
    file: z.string().nullable(),
    line: z.int().min(0),
    irql: z.int().min(0).max(31),
  }),
  z.strictObject({ type: z.literal('save'), what: z.enum(['trace', 'scenario', 'perfetto']) }),
  z.strictObject({ type: z.literal('copy'), text: z.string().max(2_000_000), what: z.string().max(120) }),
  z.strictObject({ type: z.literal('openShared'), text: z.string().max(2_000_000) }),
]);

/** Figures are shown, never computed with blindly: the form is checked loosely, so that a newer engine may say more. */
const resultSchema = z.looseObject({
  scenario: z.string(),
  outcome: z.string(),
  cycles: z.number(),
  events: z.number(),
  locks: z.array(z.looseObject({ id: z.string(), acquisitions: z.number() })),
  cpuResults: z.array(
    z.looseObject({
      cpu: z.number(),
      cyclesByIrql: z.array(z.number()),
      cyclesByActivity: z.record(z.string(), z.number()),
    }),
  ),
  perAcquire: z.looseObject({ irqlReads: z.number(), irqlWrites: z.number(), meanCycles: z.number() }),
}) as unknown as z.ZodType<SimulateResult>;

const sweepSchema = z.looseObject({
  rows: z.array(z.looseObject({ cpus: z.number(), lock: z.string(), cyclesPerAcquisition: z.number() })),
}) as unknown as z.ZodType<SweepResult>;

const choiceSchema = z.strictObject({
  cpu: z.int().min(0),
  label: z.string(),
  schedule: z.string(),
});

const looseTrace = z.unknown();

const toPageSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('show'),
    slot,
    trace: looseTrace,
    result: resultSchema.nullable(),
    scenario: scenarioSchema.nullable(),
    request: runRequestSchema,
    origin: z.string().nullable(),
    built: builtFromSchema.optional(),
  }),
  z.strictObject({ type: z.literal('catalogue'), catalogue: catalogueSchema }),
  z.strictObject({ type: z.literal('progress'), what: z.string(), done: z.number(), of: z.number() }),
  z.strictObject({ type: z.literal('failed'), message: z.string() }),
  z.strictObject({ type: z.literal('cancelled') }),
  z.strictObject({ type: z.literal('stale'), isStale: z.boolean() }),
  z.strictObject({ type: z.literal('swept'), chart: z.enum(['cpus', 'hold']), result: sweepSchema }),
  z.strictObject({
    type: z.literal('stepped'),
    trace: looseTrace,
    result: resultSchema.nullable(),
    choices: z.array(choiceSchema),
  }),
  z.strictObject({ type: z.literal('revealLine'), file: z.string(), line }),
]);

/** A message, or the sentence that says why it was refused. */
export type Checked<Message> = { readonly message: Message } | { readonly problem: string };

function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`.replace(/^: /, '');
}

/** Checks what the page sent. Never throws. */
export function checkToHost(value: unknown): Checked<ToHost> {
  const parsed = toHostSchema.safeParse(value);
  return parsed.success ? { message: parsed.data } : { problem: firstIssue(parsed.error) };
}

/** Checks what the host sent, the trace row by row. Never throws. */
export function checkToPage(value: unknown): Checked<ToPage> {
  const parsed = toPageSchema.safeParse(value);
  if (!parsed.success) return { problem: firstIssue(parsed.error) };
  const message = parsed.data;
  if (message.type !== 'show' && message.type !== 'stepped') return { message };
  const packed = packTrace(message.trace);
  if ('problem' in packed) return { problem: `The trace cannot be shown: ${packed.problem}` };
  return { message: { ...message, trace: packed.trace } as ToPage };
}
