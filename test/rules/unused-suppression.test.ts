import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('unused-suppression', () => {
  it('stale and misspelled', () => {
    checkRule(
      'unused-suppression',
      `${TYPES}
VOID StaleBad(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1; // irql-lens-ignore irql-too-high: it was once
//                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ any more
    Ext->Count += 2; // irql-lens-ignore irql-to-high: misspelled
//                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ There is no rule irql-to-high
}
`,
    );
  });

  it('one that is needed', () => {
    checkRule(
      'unused-suppression',
      `${TYPES}
VOID NeededOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    // irql-lens-ignore irql-too-high: the object is signalled for ever
    KeWaitForSingleObject(&Ext->Event, Executive, KernelMode, FALSE, NULL);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });
});
