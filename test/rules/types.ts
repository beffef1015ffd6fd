/**
 * Declarations that rule fixtures share: one device extension with a lock of each common kind.
 */
export const TYPES = `
#include <wdm.h>
typedef struct _DEVICE_EXTENSION {
    KSPIN_LOCK Lock;
    KSPIN_LOCK Inner;
    FAST_MUTEX Mutex;
    ERESOURCE Resource;
    EX_SPIN_LOCK Shared;
    KEVENT Event;
    KDPC Dpc;
    ULONG Count;
    BOOLEAN IsLocked;
} DEVICE_EXTENSION, *PDEVICE_EXTENSION;
`;
