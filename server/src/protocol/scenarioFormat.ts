/**
 * The scenario format: what a user writes (JSON) to have a run simulated or explored, and its validation.
 * It says what CPUs, locks and contexts there are and what each context does; it never says what anything costs.
 * `docs/scenario-format.md` is the manual; the JSON schema for editors is generated from `scenarioSchema`.
 */
import * as z from 'zod';

/** A length of time: core cycles, or microseconds/milliseconds of the profile's clock, or drawn at random by the run's seed. */
export type Duration =
  | number
  | { readonly us: number }
  | { readonly ms: number }
  | { readonly uniform: readonly [low: number, high: number] }
  | { readonly exponential: number };

/** A place in a source file, so that a click on an event opens it. 1-based. */
export interface ScenarioLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number | undefined;
}

interface At {
  /** Where in the source the statement stands. */
  readonly at?: ScenarioLocation | undefined;
}

/** One statement of a context. `do` says which. */
export type Statement = At &
  (
    | { readonly do: 'work'; readonly cycles: Duration }
    | { readonly do: 'hold'; readonly cycles: Duration }
    | { readonly do: 'think'; readonly cycles: Duration }
    | {
        readonly do: 'acquire';
        readonly lock: string;
        /** The routine called; without it the plain acquire routine of the lock's kind. */
        readonly with?: string | undefined;
      }
    | {
        readonly do: 'release';
        readonly lock: string;
        readonly with?: string | undefined;
        /** Restores this IRQL instead of the one that the acquisition saved (a stale or shared KIRQL variable). */
        readonly restore?: number | undefined;
      }
    | {
        readonly do: 'try';
        readonly lock: string;
        readonly with?: string | undefined;
        readonly then?: readonly Statement[] | undefined;
        readonly else?: readonly Statement[] | undefined;
      }
    | { readonly do: 'raise'; readonly to: number }
    /** Without `to`: to the IRQL that the context's last `raise` saved. */
    | { readonly do: 'lower'; readonly to?: number | undefined }
    | { readonly do: 'insertDpc'; readonly dpc: string }
    | { readonly do: 'removeDpc'; readonly dpc: string }
    | {
        /** KeSetTimer(Ex) with a DPC: it is queued when the time is over, and every `every` from then on. A set timer is set anew. */
        readonly do: 'setTimer';
        readonly dpc: string;
        readonly in: Duration;
        readonly every?: Duration | undefined;
      }
    /** KeCancelTimer: a DPC that is queued already stays queued. */
    | { readonly do: 'cancelTimer'; readonly dpc: string }
    | { readonly do: 'interrupt'; readonly isr: string }
    | { readonly do: 'repeat'; readonly times: number | 'forever'; readonly body: readonly Statement[] }
    | { readonly do: 'call'; readonly routine: string }
    | {
        /** `if (KeGetCurrentIrql() < below)`: costs one read of the IRQL. */
        readonly do: 'ifIrql';
        readonly below: number;
        readonly then?: readonly Statement[] | undefined;
        readonly else?: readonly Statement[] | undefined;
      }
    | {
        /** One of several, by the seed and the weights; the explorer tries them all. */
        readonly do: 'choose';
        readonly between: readonly {
          readonly weight?: number | undefined;
          readonly body: readonly Statement[];
        }[];
      }
    | { readonly do: 'increment'; readonly data: string }
    | { readonly do: 'load'; readonly data: string }
    | { readonly do: 'store'; readonly data: string }
    | { readonly do: 'wait'; readonly object: string }
    | { readonly do: 'signal'; readonly object: string }
    | { readonly do: 'touchPaged' }
    | { readonly do: 'returnToUser' }
    | { readonly do: 'note'; readonly text: string }
  );

/** When something happens by itself: once, every so often, at random, or (for the explorer) at any moment at all. */
export interface Arrivals {
  /** First time, default 0. */
  readonly at?: Duration | undefined;
  /** Constant distance between arrivals. */
  readonly every?: Duration | undefined;
  /** How many in all; default 1, or without end where `every` is given. */
  readonly count?: number | undefined;
}

/** A lock or dispatcher object. */
export interface ScenarioLock {
  readonly id: string;
  /** Lock kind id, see `irql-lens scenarios`/docs: ttas (KSPIN_LOCK), queued, ticket, ... */
  readonly kind: string;
  /** For `interrupt` locks: the synchronisation IRQL. */
  readonly irql?: number | undefined;
  /** For events and semaphores: the count at the start (an event: 0 or 1), and the semaphore's limit. */
  readonly count?: number | undefined;
  readonly limit?: number | undefined;
  /** For EX_SPIN_LOCK: does a waiting writer hold off new readers (default true). */
  readonly writerPreference?: boolean | undefined;
}

export interface ScenarioThread {
  readonly name: string;
  /** The CPU that it runs on; `all` makes one such thread per CPU, named `name0`, `name1`, ... */
  readonly cpu: number | 'all';
  readonly body: readonly Statement[];
}

export interface ScenarioDpc {
  readonly name: string;
  readonly cpu: number | 'all';
  /** Default medium. */
  readonly importance?: 'low' | 'medium' | 'mediumHigh' | 'high' | undefined;
  readonly threaded?: boolean | undefined;
  /** Queues itself without a KeInsertQueueDpc of the scenario, as from a timer or a device. */
  readonly arrivals?: Arrivals | undefined;
  readonly body: readonly Statement[];
}

export interface ScenarioIsr {
  readonly name: string;
  readonly cpu: number | 'all';
  /** DIRQL, 3..11; 13 clock, 14 IPI on x64. */
  readonly irql: number;
  /** The interrupt object's lock: taken before the ISR's body and released after it. */
  readonly lock?: string | undefined;
  readonly arrivals?: Arrivals | undefined;
  readonly body: readonly Statement[];
}

/** How the CPUs are laid out; without it the profile's own layout. */
export interface ScenarioTopology {
  readonly threadsPerCore?: number | undefined;
  readonly coresPerCluster?: number | undefined;
  readonly coresPerSocket?: number | undefined;
}

/** A whole scenario. */
export interface Scenario {
  readonly version: 1;
  readonly id: string;
  readonly title: string;
  /** What to look at, in a few sentences. */
  readonly lesson?: string | undefined;
  readonly sources?: readonly string[] | undefined;
  readonly cpus: number;
  /** Profile id; default `skylake-sp`. */
  readonly profile?: string | undefined;
  /** How the IRQL is kept: `x64-cr8` and so on; default what the profile says. */
  readonly irqlVariant?: string | undefined;
  readonly topology?: ScenarioTopology | undefined;
  readonly seed?: number | undefined;
  readonly locks: readonly ScenarioLock[];
  /** Shared variables; `with` puts one into the cache line of a lock (false sharing). */
  readonly data?: readonly { readonly id: string; readonly with?: string | undefined }[] | undefined;
  readonly routines?: Readonly<Record<string, readonly Statement[]>> | undefined;
  readonly threads: readonly ScenarioThread[];
  readonly dpcs?: readonly ScenarioDpc[] | undefined;
  readonly isrs?: readonly ScenarioIsr[] | undefined;
  readonly limits?:
    | {
        /** A simulation ends here as `bounded`. */
        readonly cycles?: Duration | undefined;
        readonly events?: number | undefined;
        /** An exploration ends here as `bounded`. */
        readonly states?: number | undefined;
        /** A run ends as completed when so many acquisitions (of all locks) are done. */
        readonly acquisitions?: number | undefined;
      }
    | undefined;
  /** Does the clock tick (default true). Without it there are no quantum ends and no watchdogs: for pure lock measurements. */
  readonly clock?: boolean | undefined;
  /** Says so where only one of the two ways of running it makes sense; default `both`. */
  readonly runs?: 'simulate' | 'explore' | 'both' | undefined;
  /** Values that the page's controls may change. */
  readonly controls?: readonly ('cpus' | 'lock' | 'profile')[] | undefined;
}

/** The longest scenario that is accepted: more CPUs than any profile has are refused with a message. */
export const maxCpus = 256;

/** Most rounds of a counted loop. */
export const maxRepeats = 0x7fffffff;

const name = z.string().min(1).max(120);
const irql = z.int().min(0).max(31);
const positive = z.number().min(0).max(1e15);

export const durationSchema: z.ZodType<Duration> = z.union([
  positive,
  z.strictObject({ us: positive }),
  z.strictObject({ ms: positive }),
  z.strictObject({ uniform: z.tuple([positive, positive]).readonly() }),
  z.strictObject({ exponential: positive }),
]);

const locationSchema = z.strictObject({
  file: z.string(),
  line: z.int().min(1),
  column: z.int().min(1).optional(),
});

const at = { at: locationSchema.optional() };
const lockCall = { ...at, lock: name, with: name.optional() };
const body: z.ZodType<readonly Statement[]> = z.lazy(() => z.array(statementSchema));
const thenElse = { then: body.optional(), else: body.optional() };

export const statementSchema: z.ZodType<Statement> = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('work'), cycles: durationSchema, ...at }),
  z.strictObject({ do: z.literal('hold'), cycles: durationSchema, ...at }),
  z.strictObject({ do: z.literal('think'), cycles: durationSchema, ...at }),
  z.strictObject({ do: z.literal('acquire'), ...lockCall }),
  z.strictObject({ do: z.literal('release'), ...lockCall, restore: irql.optional() }),
  z.strictObject({ do: z.literal('try'), ...lockCall, ...thenElse }),
  z.strictObject({ do: z.literal('raise'), to: irql, ...at }),
  z.strictObject({ do: z.literal('lower'), to: irql.optional(), ...at }),
  z.strictObject({ do: z.literal('insertDpc'), dpc: name, ...at }),
  z.strictObject({ do: z.literal('removeDpc'), dpc: name, ...at }),
  z.strictObject({
    do: z.literal('setTimer'),
    dpc: name,
    in: durationSchema,
    every: durationSchema.optional(),
    ...at,
  }),
  z.strictObject({ do: z.literal('cancelTimer'), dpc: name, ...at }),
  z.strictObject({ do: z.literal('interrupt'), isr: name, ...at }),
  z.strictObject({
    do: z.literal('repeat'),
    times: z.union([z.int().min(0).max(maxRepeats), z.literal('forever')]),
    body,
    ...at,
  }),
  z.strictObject({ do: z.literal('call'), routine: name, ...at }),
  z.strictObject({ do: z.literal('ifIrql'), below: irql, ...thenElse, ...at }),
  z.strictObject({
    do: z.literal('choose'),
    between: z
      .array(z.strictObject({ weight: positive.optional(), body }))
      .min(1)
      .max(16),
    ...at,
  }),
  z.strictObject({ do: z.literal('increment'), data: name, ...at }),
  z.strictObject({ do: z.literal('load'), data: name, ...at }),
  z.strictObject({ do: z.literal('store'), data: name, ...at }),
  z.strictObject({ do: z.literal('wait'), object: name, ...at }),
  z.strictObject({ do: z.literal('signal'), object: name, ...at }),
  z.strictObject({ do: z.literal('touchPaged'), ...at }),
  z.strictObject({ do: z.literal('returnToUser'), ...at }),
  z.strictObject({ do: z.literal('note'), text: z.string(), ...at }),
]);

const arrivalsSchema = z.strictObject({
  at: durationSchema.optional(),
  every: durationSchema.optional(),
  count: z.int().min(0).optional(),
});

const cpu = z.union([
  z
    .int()
    .min(0)
    .max(maxCpus - 1),
  z.literal('all'),
]);

export const scenarioSchema: z.ZodType<Scenario> = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/),
  title: z.string().min(1),
  lesson: z.string().optional(),
  sources: z.array(z.string()).optional(),
  cpus: z.int().min(1).max(maxCpus),
  profile: name.optional(),
  irqlVariant: name.optional(),
  topology: z
    .strictObject({
      threadsPerCore: z.int().min(1).max(8).optional(),
      coresPerCluster: z.int().min(1).max(maxCpus).optional(),
      coresPerSocket: z.int().min(1).max(maxCpus).optional(),
    })
    .optional(),
  seed: z.int().min(0).max(0xffffffff).optional(),
  locks: z
    .array(
      z.strictObject({
        id: name,
        kind: name,
        irql: irql.optional(),
        count: z.int().min(0).optional(),
        limit: z.int().min(1).optional(),
        writerPreference: z.boolean().optional(),
      }),
    )
    .max(64),
  data: z
    .array(z.strictObject({ id: name, with: name.optional() }))
    .max(64)
    .optional(),
  routines: z.record(z.string(), body).optional(),
  threads: z.array(z.strictObject({ name, cpu, body })).max(512),
  dpcs: z
    .array(
      z.strictObject({
        name,
        cpu,
        importance: z.enum(['low', 'medium', 'mediumHigh', 'high']).optional(),
        threaded: z.boolean().optional(),
        arrivals: arrivalsSchema.optional(),
        body,
      }),
    )
    .max(512)
    .optional(),
  isrs: z
    .array(
      z.strictObject({
        name,
        cpu,
        irql: z.int().min(3).max(31),
        lock: name.optional(),
        arrivals: arrivalsSchema.optional(),
        body,
      }),
    )
    .max(512)
    .optional(),
  limits: z
    .strictObject({
      cycles: durationSchema.optional(),
      events: z.int().min(1).optional(),
      states: z.int().min(1).optional(),
      acquisitions: z.int().min(1).optional(),
    })
    .optional(),
  clock: z.boolean().optional(),
  runs: z.enum(['simulate', 'explore', 'both']).optional(),
  controls: z.array(z.enum(['cpus', 'lock', 'profile'])).optional(),
});

/** What is wrong with a scenario file, each with the path of the value, as `threads.0.body.2.lock`. */
export interface ScenarioProblem {
  readonly path: string;
  readonly message: string;
}

/** Validates the form of a scenario (names are resolved when the engine compiles it). Never throws. */
export function parseScenario(
  value: unknown,
): { readonly scenario: Scenario } | { readonly problems: readonly ScenarioProblem[] } {
  const parsed = scenarioSchema.safeParse(value);
  if (parsed.success) return { scenario: parsed.data };
  return {
    problems: parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message })),
  };
}
