/**
 * Places that look as if a fix were right and where it is not: the finding stays, without an edit.
 */
import { describe, expect, it } from 'vitest';
import { findAll } from '../../harness/checkRule.ts';
import { TYPES } from '../types.ts';

/** Titles of the fixes that the rule offers in the text; fails when the rule finds nothing. */
function fixesOf(id: string, text: string): string[] {
  const findings = findAll(new Map([['/driver.c', `${TYPES}${text}`]]), [id]).filter(
    ({ rule }) => rule === id,
  );
  expect(findings.length, `${id} finds nothing`).toBeGreaterThan(0);
  return findings.flatMap(({ fixes }) => fixes.map(({ title }) => title));
}

const CASES: readonly (readonly [rule: string, name: string, text: string])[] = [
  [
    'atdpc-below-dispatch',
    'a lock that is taken again before the release that ends both',
    `
IO_WORKITEM_ROUTINE FlushBad;
VOID FlushBad(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeAcquireSpinLockAtDpcLevel(&ext->Lock);
    if (ext->Count > 1) {
        KeReleaseSpinLockFromDpcLevel(&ext->Lock);
        ext->Count = 1;
        KeAcquireSpinLockAtDpcLevel(&ext->Lock);
    }
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}
`,
  ],
  [
    'request-under-spin-lock',
    'a call whose argument is read under the lock',
    `
typedef struct _CONTEXT { KSPIN_LOCK Lock; PIRP Irp; } CONTEXT, *PCONTEXT;
VOID FinishBad(PCONTEXT Context)
{
    KIRQL irql;
    KeAcquireSpinLock(&Context->Lock, &irql);
    IoCompleteRequest(Context->Irp, IO_NO_INCREMENT);
    KeReleaseSpinLock(&Context->Lock, irql);
}
`,
  ],
  [
    'request-under-spin-lock',
    'a call with more work between it and the release',
    `
VOID FinishBad(PDEVICE_EXTENSION Ext, PIRP Irp)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
  ],
  [
    'irql-lowered-under-lock',
    'releases with work in between',
    `
VOID WrongOrderBad(PDEVICE_EXTENSION Ext)
{
    KIRQL outer;
    KIRQL inner;
    KeAcquireSpinLock(&Ext->Lock, &outer);
    KeAcquireSpinLock(&Ext->Inner, &inner);
    KeReleaseSpinLock(&Ext->Lock, outer);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Inner, inner);
}
`,
  ],
  [
    'double-irql-read',
    'branches that do different things',
    `
VOID CountBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
        KeAcquireSpinLock(&Ext->Lock, &irql);
        Ext->Count += 1;
        KeReleaseSpinLock(&Ext->Lock, irql);
    } else {
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
        Ext->Count += 2;
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    }
}
`,
  ],
  [
    'direct-field-write',
    'an IRP by value',
    `
VOID ForgetBad(PIRP Irp, PDRIVER_CANCEL Routine)
{
    IRP copy = *Irp;
    copy.CancelRoutine = Routine;
}
`,
  ],
];

describe('no fix is offered for', () => {
  for (const [rule, name, text] of CASES) {
    it(`${rule}: ${name}`, () => {
      expect(fixesOf(rule, text)).toEqual([]);
    });
  }
});
