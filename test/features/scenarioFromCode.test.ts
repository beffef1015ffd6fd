// Scenarios from the code: what the engine says of them follows from the source.
import { expect, it } from 'vitest';
import { explore } from '../../server/src/engine/engine.ts';
import { parseScenario, type Statement } from '../../server/src/protocol/scenarioFormat.ts';
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

/** The scenario as JSON lines of its contexts: what a reader wants to see of it. */
function contextsOf(text: string): readonly string[] {
  const built = buildScenario(text);
  if ('problem' in built) throw new Error(built.problem);
  const { threads, dpcs = [], isrs = [] } = built.scenario;
  const describe = (kind: string, name: string, body: readonly Statement[], more = ''): string =>
    `${kind} ${name}${more}: ${listed(body)}`;
  return [
    ...threads.map(({ name, body }) => describe('thread', name, body)),
    ...dpcs.map(({ name, body, arrivals }) =>
      describe('dpc', name, body, arrivals === undefined ? ' (queued)' : ''),
    ),
    ...isrs.map(({ name, body, irql, lock }) =>
      describe('isr', name, body, ` at ${String(irql)}${lock === undefined ? '' : ` under ${lock}`}`),
    ),
  ];
}

/** All but the work between. */
function listed(body: readonly Statement[] = []): string {
  return body
    .filter((one) => one.do !== 'work' && one.do !== 'hold')
    .map(brief)
    .join(' ');
}

function brief(statement: Statement): string {
  switch (statement.do) {
    case 'acquire':
      return `+${statement.lock}`;
    case 'release':
      return `-${statement.lock}`;
    case 'repeat':
      return `${String(statement.times)}x[${listed(statement.body)}]`;
    case 'try':
      return `try ${statement.lock} [${listed(statement.then)}] else [${listed(statement.else)}]`;
    case 'insertDpc':
      return `queue ${statement.dpc}`;
    case 'wait':
    case 'signal':
      return `${statement.do} ${statement.object}`;
    default:
      return statement.do;
  }
}

const INTERRUPT = `typedef struct _EXT { PKINTERRUPT Interrupt; KDPC Dpc; KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KSERVICE_ROUTINE Isr;
KDEFERRED_ROUTINE Dpc;
BOOLEAN Isr(PKINTERRUPT i, PVOID c)
{
    PEXT e = c;
    KeInsertQueueDpc(&e->Dpc, NULL, NULL);
    return TRUE;
}
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KeAcquireSpinLockAtDpcLevel(&e->$0Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
VOID Start(PEXT e)
{
    KeInitializeDpc(&e->Dpc, Dpc, e);
}
`;

it('lets the ISR queue the DPC that the driver registered for it', () => {
  expect(contextsOf(INTERRUPT)).toEqual(['dpc Dpc (queued): +EXT.Lock -EXT.Lock', 'isr Isr at 5: queue Dpc']);
  expect(outcomeOf(INTERRUPT)).toBe('completed');
});

it('gives each interrupt a level of its own and its own lock', () => {
  const text = `typedef struct _EXT { PKINTERRUPT Rx; PKINTERRUPT Tx; ULONG n; } EXT, *PEXT;
KSERVICE_ROUTINE RxIsr;
KSERVICE_ROUTINE TxIsr;
BOOLEAN RxIsr(PKINTERRUPT i, PVOID c)
{
    PEXT e = c;
    KIRQL old = KeAcquireInterruptSpinLock(e->Tx);
    e->n += 1;
    KeReleaseInterruptSpinLock(e->Tx, old);
    return TRUE;
}
BOOLEAN TxIsr(PKINTERRUPT i, PVOID c)
{
    PEXT e = c;
    e->n += 1;
    return TRUE;
}
VOID Reset(PEXT e)
{
    KIRQL old = KeAcquireInterruptSpinLock(e->$0Tx);
    e->n = 0;
    KeReleaseInterruptSpinLock(e->Tx, old);
}
NTSTATUS Start(PEXT e)
{
    IoConnectInterrupt(&e->Rx, RxIsr, e, NULL, 5, 5, 5, Latched, FALSE, 1, FALSE);
    return IoConnectInterrupt(&e->Tx, TxIsr, e, NULL, 6, 6, 6, Latched, FALSE, 1, FALSE);
}
`;
  const built = buildScenario(text);
  if ('problem' in built) throw new Error(built.problem);
  expect(built.scenario.isrs?.map(({ name, irql }) => `${name} ${String(irql)}`)).toEqual([
    'RxIsr 5',
    'TxIsr 6',
  ]);
  expect(built.scenario.locks).toEqual([{ id: 'EXT.Tx', kind: 'interrupt', irql: 6 }]);
  expect(outcomeOf(text)).toBe('completed');
  expect(built.scenario.lesson).toContain('the interrupt of RxIsr is at IRQL 5 (the system assigns it)');
});

it('runs loops twice, and takes one case of a switch', () => {
  const text = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
VOID Many(PEXT e, ULONG what)
{
    KIRQL old;
    while (e->n > 0) {
        KeAcquireSpinLock(&e->$0Lock, &old);
        e->n -= 1;
        KeReleaseSpinLock(&e->Lock, old);
    }
    switch (what) {
    case 1:
        e->n = 1;
        break;
    case 2:
        KeAcquireSpinLock(&e->Lock, &old);
        KeReleaseSpinLock(&e->Lock, old);
        break;
    }
}
`;
  expect(contextsOf(text)).toEqual(['thread Many: 2x[+EXT.Lock -EXT.Lock] +EXT.Lock -EXT.Lock']);
});

const SIGNALLED = `typedef struct _EXT { FAST_MUTEX Mutex; KEVENT Done; ULONG n; } EXT, *PEXT;
VOID Init(PEXT e)
{
    KeInitializeEvent(&e->Done, SynchronizationEvent, FALSE);
}
VOID Waiter(PEXT e)
{
    ExAcquireFastMutex(&e->$0Mutex);
    KeWaitForSingleObject(&e->Done, Executive, KernelMode, FALSE, NULL);
    ExReleaseFastMutex(&e->Mutex);
}
VOID Finisher(PEXT e)
{
    ExAcquireFastMutex(&e->Mutex);
    e->n += 1;
    ExReleaseFastMutex(&e->Mutex);
    KeSetEvent(&e->Done, IO_NO_INCREMENT, FALSE);
}
`;

it('finds a wait under a mutex for a signal that needs the mutex', () => {
  expect(contextsOf(SIGNALLED)).toEqual([
    'thread Waiter: +EXT.Mutex wait EXT.Done -EXT.Mutex',
    'thread Finisher: +EXT.Mutex -EXT.Mutex signal EXT.Done',
  ]);
  expect(outcomeOf(SIGNALLED)).toBe('deadlock');
  const mended = SIGNALLED.replace(
    '    ExAcquireFastMutex(&e->Mutex);\n    e->n += 1;\n    ExReleaseFastMutex(&e->Mutex);\n',
    '',
  );
  expect(outcomeOf(mended)).toBe('completed');
});

it('takes a wait for granted whose signal the code does not show, and says so', () => {
  const alone = SIGNALLED.replace(/VOID Finisher[^}]*\}\n/, '');
  expect(outcomeOf(alone)).toBe('completed');
  const built = buildScenario(alone);
  expect('scenario' in built && built.scenario.lesson).toContain('EXT.Done is signalled by others');
});

it('does not wait for a lock that is only tried', () => {
  const text = twoLocks('B', 'A').replace(
    'KeAcquireSpinLockAtDpcLevel(&e->A);',
    'if (!KeTryToAcquireSpinLockAtDpcLevel(&e->A)) { KeReleaseSpinLock(&e->B, old); return; }',
  );
  expect(contextsOf(text).find((line) => line.includes('Two'))).toContain('try EXT.A [');
  expect(outcomeOf(text)).toBe('completed');
});

it('finds the DPC that a framework interrupt queues', () => {
  const text = `typedef struct _EXT { WDFINTERRUPT Interrupt; WDFSPINLOCK Lock; ULONG n; } EXT, *PEXT;
EVT_WDF_INTERRUPT_ISR EvtIsr;
EVT_WDF_INTERRUPT_DPC EvtDpc;
BOOLEAN EvtIsr(WDFINTERRUPT Interrupt, ULONG id)
{
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}
VOID EvtDpc(WDFINTERRUPT Interrupt, WDFOBJECT Device)
{
    PEXT e = GetContext(Device);
    WdfSpinLockAcquire(e->$0Lock);
    e->n += 1;
    WdfSpinLockRelease(e->Lock);
}
NTSTATUS Create(WDFDEVICE device, PEXT e)
{
    WDF_INTERRUPT_CONFIG config;
    WDF_INTERRUPT_CONFIG_INIT(&config, EvtIsr, EvtDpc);
    return WdfInterruptCreate(device, &config, WDF_NO_OBJECT_ATTRIBUTES, &e->Interrupt);
}
`;
  expect(contextsOf(text)).toEqual([
    'dpc EvtDpc (queued): +EXT.Lock -EXT.Lock',
    'isr EvtIsr at 5: queue EvtDpc',
  ]);
});

it('runs a synchronized routine under the lock of its interrupt, which the ISR runs under too', () => {
  const text = `typedef struct _EXT { PKINTERRUPT Interrupt; KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KSERVICE_ROUTINE Isr;
KSYNCHRONIZE_ROUTINE Clear;
BOOLEAN Isr(PKINTERRUPT i, PVOID c)
{
    PEXT e = c;
    e->n += 1;
    return TRUE;
}
BOOLEAN Clear(PVOID c)
{
    PEXT e = c;
    e->n = 0;
    return TRUE;
}
VOID Reset(PEXT e)
{
    KIRQL old;
    KeAcquireSpinLock(&e->$0Lock, &old);
    KeSynchronizeExecution(e->Interrupt, Clear, e);
    KeReleaseSpinLock(&e->Lock, old);
}
NTSTATUS Start(PEXT e)
{
    return IoConnectInterrupt(&e->Interrupt, Isr, e, NULL, 5, 5, 5, Latched, FALSE, 1, FALSE);
}
`;
  expect(contextsOf(text)).toEqual([
    'thread Reset: +EXT.Lock +EXT.Interrupt -EXT.Interrupt -EXT.Lock',
    'isr Isr at 5 under EXT.Interrupt: ',
  ]);
  expect(outcomeOf(text)).toBe('completed');
});
