import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';
import { TYPES } from './types.ts';

describe('lock-requires-held', () => {
  it('the lock is released too early', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_held_(Ext->Lock)
VOID CountLocked(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
VOID UpdateBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    KeReleaseSpinLock(&Ext->Lock, irql);
    CountLocked(Ext);
//  ^^^^^^^^^^^^^^^^ requires Ext->Lock to be held
}
`,
    );
  });

  it('under the lock, passed on, or of unknown callers', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_held_(Ext->Lock)
VOID CountLocked(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
VOID UpdateOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    CountLocked(Ext);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
_Requires_lock_held_(Ext->Lock)
VOID CountTwiceOk(PDEVICE_EXTENSION Ext)
{
    CountLocked(Ext);
    CountLocked(Ext);
}
VOID HelperOk(PDEVICE_EXTENSION Ext)
{
    CountLocked(Ext);
}
`,
    );
  });

  it('a wrapper with another name for the lock, and a critical region', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_held_(_Global_critical_region_)
_Requires_lock_held_(*Resource)
VOID ReleaseOk(PERESOURCE Resource)
{
    ExReleaseResourceLite(Resource);
}
VOID UpdateResourceOk(PDEVICE_EXTENSION Ext)
{
    KeEnterCriticalRegion();
    ExAcquireResourceExclusiveLite(&Ext->Resource, TRUE);
    ReleaseOk(&Ext->Resource);
    KeLeaveCriticalRegion();
}
`,
    );
  });

  it('a function that takes the lock itself is called under it', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_not_held_(Ext->Lock)
VOID Drain(PDEVICE_EXTENSION Ext);
VOID Drain(PDEVICE_EXTENSION Ext)
{
    Ext->Count = 0;
}
VOID StopBad(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    Drain(Ext);
//  ^^^^^^^^^^ not to be held
    KeReleaseSpinLock(&Ext->Lock, irql);
}
VOID StopOtherOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Inner, &irql);
    Drain(Ext);
    KeReleaseSpinLock(&Ext->Inner, irql);
}
`,
    );
  });

  it('an annotated routine without a body, called by a function that nobody calls', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_held_(Ext->Lock)
VOID CountElsewhere(PDEVICE_EXTENSION Ext);
VOID HelperBad(PDEVICE_EXTENSION Ext)
{
    CountElsewhere(Ext);
//  ^^^^^^^^^^^^^^^^^^^ requires Ext->Lock to be held
}
VOID HelperOk(PDEVICE_EXTENSION Ext)
{
    KIRQL irql;
    KeAcquireSpinLock(&Ext->Lock, &irql);
    CountElsewhere(Ext);
    KeReleaseSpinLock(&Ext->Lock, irql);
}
`,
    );
  });

  it('once where no caller holds the lock', () => {
    checkRule(
      'lock-requires-held',
      `${TYPES}
_Requires_lock_held_(Ext->Lock)
VOID CountLocked(PDEVICE_EXTENSION Ext)
{
    Ext->Count += 1;
}
DRIVER_DISPATCH FirstBad;
NTSTATUS FirstBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    CountLocked((PDEVICE_EXTENSION)Device->DeviceExtension);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ requires Ext->Lock to be held
    return STATUS_SUCCESS;
}
DRIVER_DISPATCH SecondOk;
NTSTATUS SecondOk(PDEVICE_OBJECT Device, PIRP Irp)
{
    CountLocked((PDEVICE_EXTENSION)Device->DeviceExtension);
    return STATUS_SUCCESS;
}
`,
    );
  });
});
