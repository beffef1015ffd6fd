// Hover: levels, held locks, reasons, facts, costs; and silence where there is nothing to say.
import { expect, it } from 'vitest';
import { hoverText } from './checkFeature.ts';

const DPC = `typedef struct _EXT { KSPIN_LOCK Lock; ULONG n; } EXT, *PEXT;
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b)
{
    PEXT e = c;
    KeAcquireSpinLockAtDpcLevel(&e->Lock);
    e->n += 1;
    KeReleaseSpinLockFromDpcLevel(&e->Lock);
}
`;

it('says level, held lock and reason of a statement', () => {
  const text = hoverText(DPC.replace('e->n +=', 'e->$0n +='));
  expect(text).toContain('**IRQL:** DISPATCH_LEVEL');
  expect(text).toContain('**Held:** `e->Lock` (spin lock)');
  expect(text).toMatch(/Why:\n\/driver\.c:\d+ Dpc is entered at DISPATCH_LEVEL: .*KDEFERRED_ROUTINE/);
});

it('says what a routine demands and what a lock call costs', () => {
  const text = hoverText(DPC.replace('KeAcquire', 'Ke$0Acquire')) ?? '';
  expect(text).toContain('KeAcquireSpinLockAtDpcLevel');
  expect(text).toContain('IRQL >= DISPATCH_LEVEL');
  expect(text).toMatch(/\d+-\d+ cycles alone/);
});

it('says the contract of a called function', () => {
  const text = hoverText(`VOID Helper(VOID) { KeWaitForSingleObject(0, 0, 0, 0, 0); }
DRIVER_UNLOAD Unload;
VOID Unload(PDRIVER_OBJECT d) { Hel$0per(); }
`);
  expect(text).toContain('**IRQL:** PASSIVE_LEVEL');
  expect(text).toContain('**Helper**');
});

it('says that a level is not known, and why', () => {
  const text = hoverText('VOID Lonely(PULONG p) { *p $0= 1; }\n');
  expect(text).toContain('**IRQL:** not known: no role, annotation or caller bounds it');
});

it('explains a role type and a function name outside of bodies', () => {
  expect(hoverText(DPC.replace('KDEFERRED_ROUTINE Dpc', 'KDEFERRED_ROU$0TINE Dpc'))).toContain(
    'entered at IRQL = DISPATCH_LEVEL',
  );
  expect(hoverText(DPC.replace('VOID Dpc', 'VOID D$0pc'))).toContain('entered at DISPATCH_LEVEL by its');
});

it('is silent in comments and blank files', () => {
  expect(hoverText('/* nothing $0here */\n')).toBeUndefined();
  expect(hoverText('$0')).toBeUndefined();
});
