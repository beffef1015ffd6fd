// Scenarios from the code: what the engine says of them follows from the source.
import { expect, it } from 'vitest';
import { explore } from '../../server/src/engine/engine.ts';
import { parseScenario } from '../../server/src/protocol/scenarioFormat.ts';
import { buildScenario } from './checkFeature.ts';

function outcomeOf(text: string): string {
  const built = buildScenario(text);
  if ('problem' in built) return built.problem;
  const parsed = parseScenario(JSON.parse(JSON.stringify(built.scenario)));
  expect(parsed).toHaveProperty('scenario');
  return explore(built.scenario).result.outcome;
}

function twoLocks(first: string, second: string): string {
  return `//- /ext.h
typedef struct _EXT { KSPIN_LOCK A; KSPIN_LOCK B; ULONG n; } EXT, *PEXT;
//- /one.c
#include "ext.h"
VOID One(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->A, &old);
    KeAcquireSpinLockAtDpcLevel(&e->$0B);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->B);
    KeReleaseSpinLock(&e->A, old);
}
//- /two.c
#include "ext.h"
VOID Two(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->${first}, &old);
    KeAcquireSpinLockAtDpcLevel(&e->${second});
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->${second});
    KeReleaseSpinLock(&e->${first}, old);
}
`;
}

it('finds an order inversion over two files, and none when the order is mended', () => {
  expect(outcomeOf(twoLocks('B', 'A'))).toBe('deadlock');
  expect(outcomeOf(twoLocks('A', 'B'))).toBe('completed');
});

function atDpcAt(passiveForm: string, release: string): string {
  return `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
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
    KIRQL old;
    ${passiveForm};
    e->n $0= 0;
    ${release};
}
`;
}

it('replays AtDpcLevel at PASSIVE_LEVEL, and its repair', () => {
  const wrong = atDpcAt('KeAcquireSpinLockAtDpcLevel(&e->Lock)', 'KeReleaseSpinLockFromDpcLevel(&e->Lock)');
  expect(outcomeOf(wrong)).toBe('deadlock');
  expect(outcomeOf(atDpcAt('KeAcquireSpinLock(&e->Lock, &old)', 'KeReleaseSpinLock(&e->Lock, old)'))).toBe(
    'completed',
  );
});

it('pairs correlated branches', () => {
  const text = `KSPIN_LOCK g_Lock;
VOID Both(BOOLEAN isAtDispatch, PULONG p)
{
    KIRQL old = 0;
    if (!isAtDispatch) KeAcquireSpinLock(&g_Lock, &old);
    *p $0= 1;
    if (!isAtDispatch) KeReleaseSpinLock(&g_Lock, old);
}
`;
  expect(outcomeOf(text)).toBe('completed');
});

it('takes an acquire callback and its release callback for a pair', () => {
  const text = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
VOID AcquireIt(PEXT e, PKIRQL irql)
{
    KeAcquireSpinLock(&e->$0Lock, irql);
}
VOID ReleaseIt(PEXT e, KIRQL irql)
{
    KeReleaseSpinLock(&e->Lock, irql);
}
`;
  expect(outcomeOf(text)).toBe('completed');
});

it('carries the places of the calls', () => {
  const built = buildScenario(twoLocks('B', 'A'));
  if ('problem' in built) throw new Error(built.problem);
  const acquires = built.scenario.threads.flatMap(({ body }) => body.filter((one) => one.do === 'acquire'));
  expect(acquires.map(({ at }) => `${at?.file ?? ''}:${at?.line ?? 0}`).sort()).toEqual([
    '/one.c:5',
    '/one.c:6',
    '/two.c:5',
    '/two.c:6',
  ]);
});

it('says what is missing', () => {
  expect(outcomeOf('VOID Nothing(PULONG p) { *p $0= 1; }\n')).toContain('takes no lock');
  expect(outcomeOf('int x$0;\n')).toContain('neither a function nor a lock');
});
