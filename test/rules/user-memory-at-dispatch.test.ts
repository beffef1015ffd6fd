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
});
