import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('guarded-field-without-lock', () => {
  it('read after the release', () => {
    checkRule(
      'guarded-field-without-lock',
      `
#include <wdm.h>
typedef struct _QUEUE {
    KSPIN_LOCK Lock;
    _Guarded_by_(Lock) ULONG Length;
    ULONG Limit;
} QUEUE, *PQUEUE;
ULONG LengthBad(PQUEUE Queue)
{
    KIRQL irql;
    KeAcquireSpinLock(&Queue->Lock, &irql);
    Queue->Limit = 0;
    KeReleaseSpinLock(&Queue->Lock, irql);
    return Queue->Length;
//         ^^^^^^^^^^^^^ guarded by Lock
}
`,
    );
  });

  it('under the lock, or set up', () => {
    checkRule(
      'guarded-field-without-lock',
      `
#include <wdm.h>
typedef struct _QUEUE {
    KSPIN_LOCK Lock;
    _Guarded_by_(Lock) ULONG Length;
    ULONG Limit;
} QUEUE, *PQUEUE;
ULONG LengthOk(PQUEUE Queue)
{
    KIRQL irql;
    ULONG length;
    KeAcquireSpinLock(&Queue->Lock, &irql);
    length = Queue->Length;
    KeReleaseSpinLock(&Queue->Lock, irql);
    return length + Queue->Limit;
}
VOID SetUpOk(PQUEUE Queue)
{
    KeInitializeSpinLock(&Queue->Lock);
    Queue->Length = 0;
}
ULONG HelperOk(PQUEUE Queue)
{
    return Queue->Length;
}
ULONG *WhereOk(PQUEUE Queue)
{
    KIRQL irql;
    KeAcquireSpinLock(&Queue->Lock, &irql);
    KeReleaseSpinLock(&Queue->Lock, irql);
    return &Queue->Length;
}
`,
    );
  });
});
