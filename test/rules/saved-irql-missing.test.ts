import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('saved-irql-missing', () => {
  it('a path without the lock', () => {
    checkRule(
      'saved-irql-missing',
      `${TYPES}
_IRQL_raises_(DISPATCH_LEVEL)
VOID LockBad(PDEVICE_EXTENSION Ext, _Out_ _IRQL_saves_ PKIRQL Irql)
{
    if (Ext->Count == 0) {
        return;
//      ^^^^^^^ save the old one
    }
    KeAcquireSpinLock(&Ext->Lock, Irql);
}
`,
    );
  });

  it('every path, or by the result', () => {
    checkRule(
      'saved-irql-missing',
      `${TYPES}
_IRQL_raises_(DISPATCH_LEVEL)
_Acquires_lock_(Ext->Lock)
VOID LockOk(PDEVICE_EXTENSION Ext, _Out_ _IRQL_saves_ PKIRQL Irql)
{
    KeAcquireSpinLock(&Ext->Lock, Irql);
}
_Requires_lock_held_(Ext->Lock)
_Releases_lock_(Ext->Lock)
_IRQL_requires_(DISPATCH_LEVEL)
VOID UnlockOk(PDEVICE_EXTENSION Ext, _IRQL_restores_ KIRQL Irql)
{
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
`,
    );
  });

  it('raised and lowered only where needed', () => {
    checkRule(
      'saved-irql-missing',
      `${TYPES}
_IRQL_raises_(DISPATCH_LEVEL)
_IRQL_saves_
KIRQL RaiseOk(VOID)
{
    KIRQL irql = KeGetCurrentIrql();
    if (irql < DISPATCH_LEVEL) {
        irql = KeRaiseIrqlToDpcLevel();
    }
    return irql;
}
_IRQL_requires_(DISPATCH_LEVEL)
VOID LowerOk(_IRQL_restores_ KIRQL Irql)
{
    if (Irql < DISPATCH_LEVEL) {
        KeLowerIrql(Irql);
    }
}
`,
    );
  });

  it('a path without the release', () => {
    checkRule(
      'saved-irql-missing',
      `${TYPES}
_IRQL_requires_(DISPATCH_LEVEL)
VOID UnlockBad(PDEVICE_EXTENSION Ext, _IRQL_restores_ KIRQL Irql)
{
    if (Ext->Count == 0) {
        return;
//      ^^^^^^^ restore the IRQL
    }
    KeReleaseSpinLock(&Ext->Lock, Irql);
}
`,
    );
  });

  it('a save without a raise, through a pointer or as the result', () => {
    checkRule(
      'saved-irql-missing',
      `
#include <wdm.h>
VOID SaveBad(_Out_ _At_(*Old, _IRQL_saves_) PKIRQL Old, BOOLEAN IsWanted)
{
    if (!IsWanted)
        return;
//      ^^^^^^^ promises to save the IRQL
    *Old = KeGetCurrentIrql();
}
_IRQL_saves_
KIRQL ResultBad(BOOLEAN IsWanted)
{
    if (IsWanted)
        return KeGetCurrentIrql();
    return 0;
//  ^^^^^^^^^ in its result
}
VOID RestoreBad(_In_ _IRQL_restores_ KIRQL Old, PULONG Count)
{
    *Count = 1;
   }
// ^ _IRQL_restores_
VOID SaveOk(_Out_ _At_(*Old, _IRQL_saves_) PKIRQL Old)
{
    *Old = KeGetCurrentIrql();
}
_IRQL_saves_
KIRQL ResultOk(VOID)
{
    KIRQL old = KeGetCurrentIrql();
    return old;
}
`,
    );
  });
});
