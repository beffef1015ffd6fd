import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-acquired-twice', () => {
  it('through a helper', () => {
    checkRule(
      'lock-acquired-twice',
      `${TYPES}
static VOID Add(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Ext->Count += 1;
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID HelperBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Add(Ext);
//  ^^^^^^^^ already held
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('two objects of one type', () => {
    checkRule(
      'lock-acquired-twice',
      `${TYPES}
VOID TwoOk(PDEVICE_EXTENSION First, PDEVICE_EXTENSION Second)
{
    KIRQL irql;
    KeAcquireSpinLock(&First->Lock, &irql);
    KeAcquireSpinLockAtDpcLevel(&Second->Lock);
    KeReleaseSpinLockFromDpcLevel(&Second->Lock);
    KeReleaseSpinLock(&First->Lock, irql);
}
`,
    );
  });

  it('an ERESOURCE recurses legally', () => {
    checkRule(
      'lock-acquired-twice',
      `${TYPES}
VOID ResourceOk(PDEVICE_EXTENSION Ext)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
    ExReleaseResourceLite(&Ext->Resource);
    ExReleaseResourceLite(&Ext->Resource);
    KeLeaveCriticalRegion();
}
`,
    );
  });

  it('a helper called for one lock and then for another under the first', () => {
    checkRule(
      'lock-acquired-twice',
      `${TYPES}
static VOID Touch(PKSPIN_LOCK Lock)
{
    KIRQL irql;
    KeAcquireSpinLock(Lock, &irql);
    KeReleaseSpinLock(Lock, irql);
}
VOID OtherOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    Touch(&Ext->Lock);
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Touch(&Ext->Inner);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID SameBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Inner, &irql);
    Touch(&Ext->Inner);
//  ^^^^^^^^^^^^^^^^^^ already held
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });

  it('a helper that drops the lock for a while', () => {
    checkRule(
      'lock-acquired-twice',
      `${TYPES}
static VOID WithoutLock(PDEVICE_EXTENSION Ext, PKIRQL OldIrql)
{
    KeReleaseSpinLock(&Ext->Lock, *OldIrql);
    LibraryNotify(Ext);
    KeAcquireSpinLock(&Ext->Lock, OldIrql);
}
VOID DroppedOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    while (Ext->Count != 0) {
        Ext->Count = 0;
        WithoutLock(Ext, &irql);
    }
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });
});
