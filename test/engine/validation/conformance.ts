/**
 * The conformance vectors: what the documented kernel does at the level of single calls. Each is a small run whose record is
 * looked at. Sources: public kernel-mode tests that are meant to pass on Windows (KeIrql, KeDpc, KeSpinLock) and the
 * documentation of the bug checks.
 */
import { simulate } from '../../../server/src/engine/engine.ts';
import { notCancelled } from '../../../server/src/base/cancellation.ts';
import { prepareRun } from '../../../server/src/engine/run.ts';
import type { Scenario, Statement } from '../../../server/src/protocol/scenarioFormat.ts';
import type { SimulateResult } from '../../../server/src/protocol/simulateResult.ts';
import { TraceEventKind as Event, type Trace } from '../../../server/src/protocol/traceFormat.ts';
import { Recorder } from '../../../server/src/engine/simulation/recorder.ts';
import { Simulator } from '../../../server/src/engine/simulation/simulator.ts';
import { row, type Row } from './rows.ts';

interface Ran {
  readonly result: SimulateResult;
  readonly trace: Trace;
  /** Events of CPU 0 as `name:a`, in order. */
  readonly story: string;
}

const names = new Map<number, string>(Object.entries(Event).map(([name, value]) => [value, name]));

function run(body: readonly Statement[], more: Partial<Scenario> = {}): Ran {
  const scenario: Scenario = {
    version: 1,
    id: 'vector',
    title: 'vector',
    cpus: 1,
    clock: false,
    locks: [{ id: 'A', kind: 'ttas' }],
    threads: [{ name: 't', cpu: 0, body }],
    dpcs: [{ name: 'dpc', cpu: 0, body: [{ do: 'note', text: 'dpc runs' }] }],
    ...more,
  };
  const { result, trace } = simulate(scenario);
  const { kind, a } = trace.events;
  return {
    result,
    trace,
    story: kind.map((each, index) => `${names.get(each) ?? '?'}:${a[index] ?? 0}`).join(' '),
  };
}

/** State of the machine's slots after a body has ended: the words of lock A by name. */
function wordsAfter(kind: string, body: readonly Statement[]): Readonly<Record<string, number>> {
  const scenario: Scenario = {
    version: 1,
    id: 'words',
    title: 'words',
    cpus: 1,
    clock: false,
    locks: [{ id: 'A', kind }],
    threads: [{ name: 't', cpu: 0, body }],
  };
  const prepared = prepareRun(scenario, {});
  const recorder = new Recorder(prepared.program, 0);
  const sim = new Simulator(
    prepared.program,
    prepared.table,
    prepared.distances,
    1,
    recorder,
    prepared.limits,
  );
  sim.run(notCancelled);
  const words = prepared.program.locks[0]?.words ?? {};
  return Object.fromEntries(
    Object.entries(words).map(([name, slot]) => [name, sim.machine.state[slot] ?? -1]),
  );
}

const raise = (to: number): Statement => ({ do: 'raise', to });
const lower = (to: number): Statement => ({ do: 'lower', to });
const acquire: Statement = { do: 'acquire', lock: 'A' };
const release: Statement = { do: 'release', lock: 'A' };
const acquireAtDpc: Statement = { do: 'acquire', lock: 'A', with: 'KeAcquireSpinLockAtDpcLevel' };
const releaseFromDpc: Statement = { do: 'release', lock: 'A', with: 'KeReleaseSpinLockFromDpcLevel' };
const insert: Statement = { do: 'insertDpc', dpc: 'dpc' };
const remove: Statement = { do: 'removeDpc', dpc: 'dpc' };
const mark = (text: string): Statement => ({ do: 'note', text });
const tryLock: Statement = { do: 'try', lock: 'A', then: [mark('got')], else: [mark('not')] };

/** IRQL after the body: by a note, which the trace shows with the IRQL changes before it. */
function irqlAfter(body: readonly Statement[]): number {
  const { trace } = run(body);
  let irql = 0;
  for (let at = 0; at < trace.events.kind.length; at += 1)
    if (trace.events.kind[at] === Event.irql) irql = trace.events.a[at] ?? -1;
  return irql;
}

const notesOf = ({ trace }: Ran): readonly string[] =>
  trace.events.kind.flatMap((kind, index) =>
    kind === Event.note ? [trace.strings[trace.events.a[index] ?? 0] ?? ''] : [],
  );

const said = (ran: Ran, code: string): boolean => ran.result.verifier.some((text) => text.startsWith(code));

/** Every vector with its verdict. */
export const vectors: readonly (readonly [name: string, holds: () => boolean])[] = [
  [
    'raise or lower to the current level has no effect',
    () => !run([raise(0)]).story.includes('irql:') && !run([raise(2), raise(2)]).story.includes('irql:0'),
  ],
  ['KeRaiseIrqlToDpcLevel at DISPATCH_LEVEL stays there', () => irqlAfter([raise(2), raise(2)]) === 2],
  [
    'free build: raise to a lower level just sets it, lower to a higher level too; Verifier 0xC4/0x30 and 0x31',
    () =>
      irqlAfter([raise(15), raise(1)]) === 1 &&
      irqlAfter([lower(15)]) === 15 &&
      said(run([raise(15), raise(1)]), '0xC4/0x30') &&
      said(run([lower(15)]), '0xC4/0x31'),
  ],
  [
    'SYNCH_LEVEL is IPI_LEVEL - 2: an interrupt lock without its own IRQL raises to 12',
    () =>
      run(
        [
          { do: 'acquire', lock: 'I' },
          { do: 'release', lock: 'I' },
        ],
        { locks: [{ id: 'I', kind: 'interrupt' }] },
      ).story.includes('irql:12'),
  ],
  [
    'KeInsertQueueDpc at PASSIVE_LEVEL, own CPU, medium: the DPC has run when the call returns',
    () => notesOf(run([insert, mark('after')])).join() === 'dpc runs,after',
  ],
  [
    'at DISPATCH_LEVEL it is queued, a second insert is refused, raise and lower to DISPATCH_LEVEL do not run it, lower to APC_LEVEL does, once, before it returns',
    () => {
      const ran = run([
        raise(2),
        insert,
        insert,
        mark('queued'),
        raise(15),
        lower(2),
        mark('still'),
        lower(1),
        mark('lowered'),
      ]);
      return (
        notesOf(ran).join() === 'queued,still,dpc runs,lowered' &&
        ran.story.split('dpcQueued').length === 2 &&
        ran.story.includes('dpcRefused')
      );
    },
  ],
  [
    'KeRemoveQueueDpc: nothing where it is not queued; where it is, it never runs',
    () => {
      const idle = run([remove, mark('end')]);
      const queued = run([raise(2), insert, remove, lower(0), mark('end')]);
      return (
        !idle.story.includes('dpcRemoved') &&
        queued.story.includes('dpcRemoved') &&
        notesOf(queued).join() === 'end'
      );
    },
  ],
  [
    'a DPC runs at DISPATCH_LEVEL, unlinked, and may queue itself again; no DPC preempts it',
    () => {
      const ran = run([{ do: 'insertDpc', dpc: 'first' }, mark('end')], {
        dpcs: [
          {
            name: 'first',
            cpu: 0,
            body: [mark('first'), { do: 'insertDpc', dpc: 'second' }, mark('first ends')],
          },
          { name: 'second', cpu: 0, body: [mark('second')] },
        ],
      });
      const again = run([insert, mark('end')], {
        dpcs: [
          {
            name: 'dpc',
            cpu: 0,
            body: [
              {
                do: 'choose',
                between: [
                  { weight: 1, body: [mark('again'), insert] },
                  { weight: 1, body: [mark('enough')] },
                ],
              },
            ],
          },
        ],
        seed: 5,
      });
      return (
        notesOf(ran).join() === 'first,first ends,second,end' &&
        !again.story.includes('dpcRefused') &&
        notesOf(again).includes('enough')
      );
    },
  ],
  [
    'the lock word is 1 while held and 0 when free',
    () => wordsAfter('ttas', [acquire])['word'] === 1 && wordsAfter('ttas', [acquire, release])['word'] === 0,
  ],
  [
    'queued: the tail names the handle after the acquisition, nothing after the release',
    () =>
      wordsAfter('queued', [acquire])['tail'] === 1 && wordsAfter('queued', [acquire, release])['tail'] === 0,
  ],
  [
    'KeAcquireSpinLock, KeReleaseSpinLockFromDpcLevel: lock free, IRQL stays DISPATCH_LEVEL',
    () =>
      wordsAfter('ttas', [acquire, releaseFromDpc])['word'] === 0 &&
      irqlAfter([acquire, releaseFromDpc]) === 2,
  ],
  [
    'KeAcquireSpinLockAtDpcLevel, KeReleaseSpinLock(old): lock free, IRQL = old',
    () =>
      wordsAfter('ttas', [raise(2), acquireAtDpc, { do: 'release', lock: 'A', restore: 1 }])['word'] === 0 &&
      irqlAfter([raise(2), acquireAtDpc, { do: 'release', lock: 'A', restore: 1 }]) === 1,
  ],
  [
    'a second try on a held lock is FALSE and does not spin',
    () => notesOf(run([raise(2), tryLock, tryLock])).join() === 'got,not',
  ],
  [
    'interrupts stay enabled while a spin lock is held',
    () => {
      const ran = run([acquire, { do: 'hold', cycles: 5000 }, mark('held'), release], {
        dpcs: [],
        isrs: [{ name: 'isr', cpu: 0, irql: 5, arrivals: { at: 1000 }, body: [mark('isr')] }],
      });
      return notesOf(ran).join() === 'isr,held';
    },
  ],
];

/** As rows: 1 = holds. */
export function conformanceRows(): readonly Row[] {
  return vectors.map(([name, holds]) => row('conformance', name, 1, holds() ? 1 : 0, 0));
}
