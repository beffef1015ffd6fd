/** Raising, saving, restoring: the level in front of statements around spin locks of all forms. */
import { describe, it } from 'vitest';
import { checkIrql } from '../../harness/checkIrql.ts';

const TYPES = `
typedef struct _DEVICE_EXTENSION { KSPIN_LOCK Lock; KSPIN_LOCK Other; KIRQL OldIrql; LONG Count; BOOLEAN Started; } DEVICE_EXTENSION, *PDEVICE_EXTENSION;
`;

describe('spin locks', () => {
  it('a plain acquire raises to DISPATCH_LEVEL and its release goes back', () => {
    checkIrql(`${TYPES}
void PlainOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  ext->Count = 0;
//^^^ irql: entry; locks: none
  KeAcquireSpinLock(&ext->Lock, &old);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  KeReleaseSpinLock(&ext->Lock, old);
  ext->Count--;
//^^^ irql: entry; locks: none
}
`);
  });

  it('nested locks: the inner one at DPC level changes nothing', () => {
    checkIrql(`${TYPES}
void NestedOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  KeAcquireSpinLock(&ext->Lock, &old);
  KeAcquireSpinLockAtDpcLevel(&ext->Other);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock, ext->Other
  KeReleaseSpinLockFromDpcLevel(&ext->Other);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  KeReleaseSpinLock(&ext->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('queued locks are released by their handle', () => {
    checkIrql(`${TYPES}
void QueuedOk(PDEVICE_EXTENSION ext) {
  KLOCK_QUEUE_HANDLE handle;
  KeAcquireInStackQueuedSpinLock(&ext->Lock, &handle);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL; locks: ext->Lock
  KeReleaseInStackQueuedSpinLock(&handle);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('the old level saved in a field or global is known', () => {
    checkIrql(`${TYPES}
void FieldOk(PDEVICE_EXTENSION ext) {
  KeAcquireSpinLock(&ext->Lock, &ext->OldIrql);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
  KeReleaseSpinLock(&ext->Lock, ext->OldIrql);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });

  it('KeRaiseIrql to a known level, KeLowerIrql back', () => {
    checkIrql(`${TYPES}
void RaiseOk(PDEVICE_EXTENSION ext) {
  KIRQL old;
  KeRaiseIrql(APC_LEVEL, &old);
  ext->Count++;
//^^^ irql: APC_LEVEL
  KeLowerIrql(old);
  ext->Count++;
//^^^ irql: entry
  old = KeRaiseIrqlToDpcLevel();
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
  KeLowerIrql(old);
  ext->Count++;
//^^^ irql: entry
  KeRaiseIrql(DISPATCH_LEVEL + 1, &old);
  ext->Count++;
//^^^ irql: DIRQL
  KeLowerIrql(old);
}
`);
  });

  it('an unknown old level gives an unknown level, said so', () => {
    checkIrql(`${TYPES}
void ReleaseOnly(PDEVICE_EXTENSION ext) {
  KeReleaseSpinLock(&ext->Lock, ext->OldIrql);
  ext->Count++;
//^^^ irql: PASSIVE_LEVEL..DISPATCH_LEVEL?
}
`);
  });

  it('aliases of the extension name the same lock', () => {
    checkIrql(`${TYPES}
void AliasOk(PDEVICE_OBJECT device) {
  PDEVICE_EXTENSION ext = (PDEVICE_EXTENSION)device->DeviceExtension;
  PDEVICE_EXTENSION same = device->DeviceExtension;
  PKSPIN_LOCK lock = &ext->Lock;
  KIRQL old;
  KeAcquireSpinLock(lock, &old);
  ext->Count++;
//^^^ irql: DISPATCH_LEVEL
  KeReleaseSpinLock(&same->Lock, old);
  ext->Count++;
//^^^ irql: entry; locks: none
}
`);
  });
});
