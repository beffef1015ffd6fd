import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('object-released-under-lock', () => {
  it('under a spin lock', () => {
    checkRule(
      'object-released-under-lock',
      `${TYPES}
VOID ForgetBad(PDEVICE_EXTENSION Ext, PFILE_OBJECT File)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    ObDereferenceObject(File);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^ the last reference while Ext->Lock is held
    ObDereferenceObjectWithTag(File, 'abcd');
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ObDereferenceObjectDeferDeleteWithTag
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('after the release, deferred, or under the lock on one path only', () => {
    checkRule(
      'object-released-under-lock',
      `${TYPES}
VOID LaterOk(PDEVICE_EXTENSION Ext, PFILE_OBJECT File, BOOLEAN Locked)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    ObDereferenceObjectDeferDelete(File);
    KeReleaseSpinLock(&Ext->Lock, irql);
    ObDereferenceObject(File);
    if (Locked) {
        KeAcquireSpinLock(&Ext->Inner, &irql);
    }
    ObDereferenceObject(File);
    if (Locked) {
        KeReleaseSpinLock(&Ext->Inner, irql);
    }
}
`,
    );
  });
});
