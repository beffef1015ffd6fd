// Replays of reports: each deadlock comes up, in the functions and on the locks of the code.
import { expect, it } from 'vitest';
import { explore } from '../../server/src/engine/engine.ts';
import { parseScenario } from '../../server/src/protocol/scenarioFormat.ts';
import { buildReplay } from './checkFeature.ts';

/** How the replay of a rule's first report ends: the outcome, and who waits for what held by whom. */
function replayOf(text: string, rule: string): readonly string[] {
  const built = buildReplay(text, rule);
  if ('problem' in built) return [built.problem];
  expect(parseScenario(JSON.parse(JSON.stringify(built.scenario)))).toHaveProperty('scenario');
  const { result, trace } = explore(built.scenario);
  const members = (trace.deadlock?.members ?? []).map(
    ({ context, waitsFor, ownedBy }) =>
      `${trace.contexts[context]?.name ?? '?'} waits for ${trace.locks[waitsFor]?.name ?? '?'} of ${trace.contexts[ownedBy]?.name ?? '?'}`,
  );
  return [result.outcome, ...members.sort()];
}

const EXTENSION = `typedef struct _EXT { KSPIN_LOCK Lock; KSPIN_LOCK Other; FAST_MUTEX Mutex; KDPC Dpc; ULONG n; } EXT, *PEXT;
`;

it('replays AtDpcLevel at PASSIVE_LEVEL with the DPC that takes the same lock', () => {
  const text = `${EXTENSION}KDEFERRED_ROUTINE CountDpc;
VOID CountDpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT o)
{
    PEXT e = o->DriverExtension;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n = 0;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
`;
  expect(replayOf(text, 'atdpc-below-dispatch')).toEqual([
    'deadlock',
    'CountDpc waits for EXT.Lock of Unload',
  ]);
});

it('assumes a DPC where the code has none, and says so', () => {
  const text = `${EXTENSION}DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT o)
{
    PEXT e = o->DriverExtension;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n = 0;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
`;
  expect(replayOf(text, 'atdpc-below-dispatch')).toEqual([
    'deadlock',
    'some DPC waits for EXT.Lock of Unload',
  ]);
  const built = buildReplay(text, 'atdpc-below-dispatch');
  expect('scenario' in built && built.scenario.lesson).toContain('none was found in this code');
});

it('replays a completion routine that assumes DISPATCH_LEVEL against itself', () => {
  const text = `${EXTENSION}IO_COMPLETION_ROUTINE Complete;
NTSTATUS Complete(PDEVICE_OBJECT d, PIRP irp, PVOID c)
{
    PEXT e = c;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
    return STATUS_CONTINUE_COMPLETION;
}
`;
  expect(replayOf(text, 'completion-assumes-dispatch')).toEqual([
    'deadlock',
    'Complete waits for EXT.Lock of Complete',
  ]);
});

it('replays a lock that an ISR takes too', () => {
  const text = `${EXTENSION}KSERVICE_ROUTINE Isr;
BOOLEAN Isr(PKINTERRUPT i, PVOID c)
{
    PEXT e = c;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
    return TRUE;
}
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT o)
{
    PEXT e = o->DriverExtension;
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    e->n = 0;
    KeReleaseSpinLock(&e->Lock, old);
}
`;
  expect(replayOf(text, 'spin-lock-shared-with-isr')).toEqual([
    'deadlock',
    'Isr waits for EXT.Lock of Unload',
  ]);
});

it('replays two orders in two files, the second lock taken in a helper', () => {
  const text = `//- /ext.h
${EXTENSION}VOID Nested(PEXT e);
//- /one.c
#include "ext.h"
VOID One(PEXT e, BOOLEAN isBusy)
{
    KIRQL old;
    if (isBusy) {
        e->n = 0;
        return;
    }
    KeAcquireSpinLock(&e->Lock, &old);
    Nested(e);
    KeReleaseSpinLock(&e->Lock, old);
}
VOID Nested(PEXT e)
{
    KeAcquireSpinLockAtDpcLevel(&e->Other);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Other);
}
//- /two.c
#include "ext.h"
VOID Two(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->Other, &old);
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
    KeReleaseSpinLock(&e->Other, old);
}
`;
  expect(replayOf(text, 'lock-order-inversion')).toEqual([
    'deadlock',
    'One waits for EXT.Other of Two',
    'Two waits for EXT.Lock of One',
  ]);
});

it('replays a lock that is taken again, directly and in a helper', () => {
  const direct = `${EXTENSION}VOID Twice(PEXT e)
{
    KIRQL old, inner;
    KeAcquireSpinLock(&e->Lock, &old);
    KeAcquireSpinLock(&e->Lock, &inner);
    KeReleaseSpinLock(&e->Lock, inner);
    KeReleaseSpinLock(&e->Lock, old);
}
`;
  const expected = ['deadlock', 'Twice waits for EXT.Lock of Twice'];
  expect(replayOf(direct, 'lock-acquired-twice')).toEqual(expected);
  const inHelper = `${EXTENSION}static VOID Count(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    e->n += 1;
    KeReleaseSpinLock(&e->Lock, old);
}
VOID Twice(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->Lock, &old);
    Count(e);
    KeReleaseSpinLock(&e->Lock, old);
}
`;
  expect(replayOf(inHelper, 'lock-acquired-twice')).toEqual(expected);
});

it('replays a fast mutex that its owner waits for', () => {
  const text = `${EXTENSION}VOID Twice(PEXT e)
{
    ExAcquireFastMutex(&e->Mutex);
    if (e->n > 3) {
        ExAcquireFastMutex(&e->Mutex);
        e->n = 0;
        ExReleaseFastMutex(&e->Mutex);
    }
    ExReleaseFastMutex(&e->Mutex);
}
`;
  expect(replayOf(text, 'lock-acquired-twice')).toEqual(['deadlock', 'Twice waits for EXT.Mutex of Twice']);
});

it('carries the places of the calls, so that each event leads to its line', () => {
  const built = buildReplay(
    `${EXTENSION}VOID Twice(PEXT e)
{
    KIRQL old, inner;
    KeAcquireSpinLock(&e->Lock, &old);
    KeAcquireSpinLock(&e->Lock, &inner);
    KeReleaseSpinLock(&e->Lock, inner);
    KeReleaseSpinLock(&e->Lock, old);
}
`,
    'lock-acquired-twice',
  );
  if ('problem' in built) throw new Error(built.problem);
  const lines = built.scenario.threads[0]?.body.flatMap(({ at }) => (at === undefined ? [] : [at.line]));
  expect(lines).toEqual([5, 6, 7, 8]);
});
