import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('user-memory-at-dispatch', () => {
  it('under a spin lock', () => {
    checkRule(
      'user-memory-at-dispatch',
      `${TYPES}
VOID AnswerBad(PDEVICE_EXTENSION Ext, PIRP Irp)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    RtlCopyMemory(Irp->UserBuffer, &Ext->Count, sizeof(ULONG));
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ caller's own memory
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('copied after the release', () => {
    checkRule(
      'user-memory-at-dispatch',
      `${TYPES}
VOID AnswerOk(PDEVICE_EXTENSION Ext, PIRP Irp)
{
    KIRQL irql;
    ULONG count;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    count = Ext->Count;
    KeReleaseSpinLock(&Ext->Lock, irql);
    RtlCopyMemory(Irp->UserBuffer, &count, sizeof(ULONG));
}
`,
    );
  });

  it('memory that the function has probed', () => {
    checkRule(
      'user-memory-at-dispatch',
      `
#include <wdm.h>
VOID ProbedBad(PKSPIN_LOCK Lock, PVOID Target, PVOID Source, PVOID Other)
{
    KIRQL irql;
    ProbeForRead(Source, 16, 1);
    KeAcquireSpinLock(Lock, &irql);
    RtlCopyMemory(Target, Source, 16);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Source
    RtlCopyMemory(Target, Other, 16);
    KeReleaseSpinLock(Lock, irql);
}
`,
    );
  });
});
