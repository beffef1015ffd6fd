import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-level-order', () => {
  it('the outer lock under the inner one, by fields and by variables, over a step', () => {
    checkRule(
      'lock-level-order',
      `${TYPES}
_Create_lock_level_(LevelA);
_Create_lock_level_(LevelB);
_Create_lock_level_(LevelC);
_Lock_level_order_(LevelA, LevelB);
_Lock_level_order_(LevelB, LevelC);
typedef struct _QUEUE {
    _Has_lock_level_(LevelA) KSPIN_LOCK ListLock;
    _Has_lock_level_(LevelB) KSPIN_LOCK ItemLock;
} QUEUE, *PQUEUE;
_Has_lock_level_(LevelC) FAST_MUTEX LastLock;
VOID FieldsBad(PQUEUE Queue)
{
    KIRQL old;
    KeAcquireSpinLock(&Queue->ItemLock, &old);
    KeAcquireSpinLockAtDpcLevel(&Queue->ListLock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ LevelA is declared to come before LevelB
    KeReleaseSpinLockFromDpcLevel(&Queue->ListLock);
    KeReleaseSpinLock(&Queue->ItemLock, old);
}
VOID StepBad(PQUEUE Queue)
{
    KIRQL old;
    ExAcquireFastMutex(&LastLock);
    KeAcquireSpinLock(&Queue->ListLock, &old);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ LevelA is declared to come before LevelC
    KeReleaseSpinLock(&Queue->ListLock, old);
    ExReleaseFastMutex(&LastLock);
}
`,
    );
  });

  it('in order, attempts, and locks without a level', () => {
    checkRule(
      'lock-level-order',
      `${TYPES}
_Create_lock_level_(LevelA);
_Create_lock_level_(LevelB);
_Lock_level_order_(LevelA, LevelB);
_Has_lock_level_(LevelA) KSPIN_LOCK FirstLock;
_Has_lock_level_(LevelB) KSPIN_LOCK SecondLock;
VOID InOrderOk(VOID)
{
    KIRQL old;
    KeAcquireSpinLock(&FirstLock, &old);
    KeAcquireSpinLockAtDpcLevel(&SecondLock);
    KeReleaseSpinLockFromDpcLevel(&SecondLock);
    KeReleaseSpinLock(&FirstLock, old);
}
VOID AttemptOk(VOID)
{
    KIRQL old;
    KeAcquireSpinLock(&SecondLock, &old);
    if (KeTryToAcquireSpinLockAtDpcLevel(&FirstLock)) {
        KeReleaseSpinLockFromDpcLevel(&FirstLock);
    }
    KeReleaseSpinLock(&SecondLock, old);
}
VOID NoLevelOk(PDEVICE_EXTENSION Ext)
{
    KIRQL old;
    KeAcquireSpinLock(&Ext->Lock, &old);
    KeAcquireSpinLockAtDpcLevel(&FirstLock);
    KeReleaseSpinLockFromDpcLevel(&FirstLock);
    KeReleaseSpinLock(&Ext->Lock, old);
}
`,
    );
  });
});
