import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('double-irql-read', () => {
  it('through a variable', () => {
    checkRule(
      'double-irql-read',
      `${TYPES}
VOID NaiveSlow(PDEVICE_EXTENSION Ext)
{
    KIRQL old;
    KIRQL now = KeGetCurrentIrql();
//              ^^^^^^^^^^^^^^^^^^ read twice
    if (now >= DISPATCH_LEVEL) {
        KeAcquireSpinLockAtDpcLevel(&Ext->Lock);
        KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    } else {
        KeAcquireSpinLock(&Ext->Lock, &old);
        KeReleaseSpinLock(&Ext->Lock, old);
    }
}
`,
    );
  });

  it('a read for another purpose', () => {
    checkRule(
      'double-irql-read',
      `${TYPES}
VOID ReadOk(PDEVICE_EXTENSION Ext)
{
    if (KeGetCurrentIrql() == PASSIVE_LEVEL) {
        KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
    }
}
`,
    );
  });
});
