import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('shared-acquired-twice', () => {
  it('a reader inside a reader', () => {
    checkRule(
      'shared-acquired-twice',
      `${TYPES}
VOID TwiceBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = ExAcquireSpinLockShared(&Ext->Shared);
    ExAcquireSpinLockSharedAtDpcLevel(&Ext->Shared);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ held shared here already
    ExReleaseSpinLockSharedFromDpcLevel(&Ext->Shared);
    ExReleaseSpinLockShared(&Ext->Shared, irql);
}
`,
    );
  });

  it('one after the other', () => {
    checkRule(
      'shared-acquired-twice',
      `${TYPES}
VOID InTurnOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = ExAcquireSpinLockShared(&Ext->Shared);
    ExReleaseSpinLockShared(&Ext->Shared, irql);
    irql = ExAcquireSpinLockShared(&Ext->Shared);
    ExReleaseSpinLockShared(&Ext->Shared, irql);
}
`,
    );
  });
});
