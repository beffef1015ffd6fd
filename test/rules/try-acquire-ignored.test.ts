import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('try-acquire-ignored', () => {
  it('as a statement', () => {
    checkRule(
      'try-acquire-ignored',
      `${TYPES}
KDEFERRED_ROUTINE DpcBad;
VOID DpcBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    KeTryToAcquireSpinLockAtDpcLevel(&ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ result is ignored
    KeReleaseSpinLockFromDpcLevel(&ext->Lock);
}
`,
    );
  });

  it('tested', () => {
    checkRule(
      'try-acquire-ignored',
      `${TYPES}
KDEFERRED_ROUTINE DpcOk;
VOID DpcOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)Context;
    BOOLEAN isMine = KeTryToAcquireSpinLockAtDpcLevel(&ext->Lock);
    if (isMine) {
        KeReleaseSpinLockFromDpcLevel(&ext->Lock);
    }
}
`,
    );
  });

  it('a result that is cast away', () => {
    checkRule(
      'try-acquire-ignored',
      `${TYPES}
VOID CastBad(PDEVICE_EXTENSION Ext)
{
    (VOID)ExTryToAcquireFastMutex(&Ext->Mutex);
//        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ its result is ignored
    Ext->Count += 1;
    ExReleaseFastMutex(&Ext->Mutex);
}
`,
    );
  });
});
