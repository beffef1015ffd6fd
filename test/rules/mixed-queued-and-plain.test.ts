import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('mixed-queued-and-plain', () => {
  it('in two functions', () => {
    checkRule(
      'mixed-queued-and-plain',
      `${TYPES}
VOID QueuedBad(PDEVICE_EXTENSION Ext)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(&Ext->Lock, &handle);
    KeReleaseInStackQueuedSpinLock(&handle);
}
VOID PlainBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ one kind of call
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('two locks, two kinds', () => {
    checkRule(
      'mixed-queued-and-plain',
      `${TYPES}
VOID QueuedOk(PDEVICE_EXTENSION Ext)
{
    KLOCK_QUEUE_HANDLE handle;
    KeAcquireInStackQueuedSpinLock(&Ext->Lock, &handle);
    KeReleaseInStackQueuedSpinLock(&handle);
}
VOID PlainOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Inner, &irql);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });
});
