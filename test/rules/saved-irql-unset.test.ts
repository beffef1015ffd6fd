import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('saved-irql-unset', () => {
  it('the variable of another section', () => {
    checkRule(
      'saved-irql-unset',
      `${TYPES}
VOID ConfusedBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KIRQL other;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count++;
    KeReleaseSpinLock(&Ext->Lock, other);
//                                ^^^^^ Give back irql
}
VOID LoweredBad(VOID)
{
    KIRQL irql, other;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeLowerIrql(other);
//              ^^^^^ nothing in LoweredBad sets
}
`,
    );
  });

  it('set by whatever it is given to, in another branch of the preprocessor, or at its declaration', () => {
    checkRule(
      'saved-irql-unset',
      `${TYPES}
VOID GivenOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    LIBRARY_LOCK(Ext, irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID BranchOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
#if 1
    KeAcquireSpinLock(&Ext->Lock, &irql);
#else
    irql = LibraryLock(Ext);
#endif
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID InitializedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql = LibraryLock(Ext);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });
});
