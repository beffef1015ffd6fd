import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('annotation-allows-too-high', () => {
  it('a mutex in a function for DISPATCH_LEVEL', () => {
    checkRule(
      'annotation-allows-too-high',
      `${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID MutexBad(PDEVICE_EXTENSION Ext)
{
    ExAcquireFastMutex(&Ext->Mutex);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Lower the annotation to APC_LEVEL
    ExReleaseFastMutex(&Ext->Mutex);
}
`,
    );
  });

  it('guarded by a test of the IRQL', () => {
    checkRule(
      'annotation-allows-too-high',
      `${TYPES}
_IRQL_requires_max_(DISPATCH_LEVEL)
VOID GuardedOk(PDEVICE_EXTENSION Ext)
{
    if (KeGetCurrentIrql() < DISPATCH_LEVEL) {
        KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
    }
}
`,
    );
  });
});
