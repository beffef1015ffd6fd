import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('queue-handle-shared', () => {
  it('beside the lock, and global', () => {
    checkRule(
      'queue-handle-shared',
      `
#include <wdm.h>
typedef struct _POOL {
    KSPIN_LOCK Lock;
    KLOCK_QUEUE_HANDLE Handle;
    ULONG Count;
} POOL, *PPOOL;
KLOCK_QUEUE_HANDLE g_Handle;
VOID TakeBad(PPOOL Pool)
{
    KeAcquireInStackQueuedSpinLock(&Pool->Lock, &Pool->Handle);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ same object as the lock
    Pool->Count += 1;
    KeReleaseInStackQueuedSpinLock(&Pool->Handle);
}
VOID TakeGlobalBad(PPOOL Pool)
{
    KeAcquireInStackQueuedSpinLock(&Pool->Lock, &g_Handle);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ a global
    Pool->Count += 1;
    KeReleaseInStackQueuedSpinLock(&g_Handle);
}
`,
    );
  });

  it('on the stack, or given by the caller', () => {
    checkRule(
      'queue-handle-shared',
      `
#include <wdm.h>
typedef struct _POOL {
    KSPIN_LOCK Lock;
    ULONG Count;
} POOL, *PPOOL;
VOID TakeOk(PPOOL Pool)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(&Pool->Lock, &handle);
    Pool->Count += 1;
    KeReleaseInStackQueuedSpinLock(&handle);
}
VOID LockOk(PPOOL Pool, PKLOCK_QUEUE_HANDLE Handle)
{
    KeAcquireInStackQueuedSpinLock(&Pool->Lock, Handle);
}
`,
    );
  });
});
