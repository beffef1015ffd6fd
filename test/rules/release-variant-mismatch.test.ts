import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('release-variant-mismatch', () => {
  it('the IRQL stays raised', () => {
    checkRule(
      'release-variant-mismatch',
      `${TYPES}
VOID StaysBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ Use KeReleaseSpinLock
}
`,
    );
  });

  it('shared and exclusive mixed up', () => {
    checkRule(
      'release-variant-mismatch',
      `${TYPES}
VOID ModesBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    irql = ExAcquireSpinLockShared(&Ext->Shared);
    ExReleaseSpinLockExclusive(&Ext->Shared, irql);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ExAcquireSpinLockShared
}
`,
    );
  });

  it('crossed locks', () => {
    checkRule(
      'release-variant-mismatch',
      `${TYPES}
VOID CrossedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&Ext->Inner);
    KeReleaseSpinLockFromDpcLevel(&Ext->Lock);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });
});
