/**
 * Values of header constants that SAL conditions, fact conditions and arguments of kernel calls are written with.
 * Source: the public WDK headers (wdm.h, ntdef.h, ndis.h, wdfrequest.h, storport.h, fltkernel.h). IRQL constants are not
 * here: their value depends on the target, see protocol/irqlLevels.ts.
 */

const CONSTANTS: Readonly<Record<string, number>> = {
  TRUE: 1,
  FALSE: 0,
  true: 1,
  false: 0,
  NULL: 0,
  nullptr: 0,
  // KPROCESSOR_MODE
  KernelMode: 0,
  UserMode: 1,
  // NTSTATUS, as signed 32-bit values
  STATUS_SUCCESS: 0,
  STATUS_WAIT_0: 0,
  STATUS_ABANDONED_WAIT_0: 0x80,
  STATUS_USER_APC: 0xc0,
  STATUS_ALERTED: 0x101,
  STATUS_TIMEOUT: 0x102,
  STATUS_PENDING: 0x103,
  STATUS_UNSUCCESSFUL: 0xc0000001 | 0,
  STATUS_NOT_IMPLEMENTED: 0xc0000002 | 0,
  STATUS_INVALID_PARAMETER: 0xc000000d | 0,
  STATUS_NO_MEMORY: 0xc0000017 | 0,
  STATUS_ACCESS_DENIED: 0xc0000022 | 0,
  STATUS_INSUFFICIENT_RESOURCES: 0xc000009a | 0,
  STATUS_NOT_SUPPORTED: 0xc00000bb | 0,
  STATUS_CANCELLED: 0xc0000120 | 0,
  STATUS_DELETE_PENDING: 0xc0000056 | 0,
  // POOL_TYPE and its modifiers
  NonPagedPool: 0,
  NonPagedPoolExecute: 0,
  PagedPool: 1,
  NonPagedPoolMustSucceed: 2,
  DontUseThisType: 3,
  NonPagedPoolCacheAligned: 4,
  PagedPoolCacheAligned: 5,
  NonPagedPoolCacheAlignedMustS: 6,
  NonPagedPoolSession: 32,
  PagedPoolSession: 33,
  NonPagedPoolMustSucceedSession: 34,
  NonPagedPoolCacheAlignedSession: 36,
  PagedPoolCacheAlignedSession: 37,
  NonPagedPoolNx: 512,
  NonPagedPoolNxCacheAligned: 516,
  NonPagedPoolSessionNx: 544,
  POOL_QUOTA_FAIL_INSTEAD_OF_RAISE: 8,
  POOL_RAISE_IF_ALLOCATION_FAILURE: 16,
  POOL_COLD_ALLOCATION: 256,
  POOL_NX_ALLOCATION: 512,
  POOL_ZERO_ALLOCATION: 1024,
  // POOL_FLAGS
  POOL_FLAG_USE_QUOTA: 0x1,
  POOL_FLAG_UNINITIALIZED: 0x2,
  POOL_FLAG_SESSION: 0x4,
  POOL_FLAG_CACHE_ALIGNED: 0x8,
  POOL_FLAG_RAISE_ON_FAILURE: 0x20,
  POOL_FLAG_NON_PAGED: 0x40,
  POOL_FLAG_NON_PAGED_EXECUTE: 0x80,
  POOL_FLAG_PAGED: 0x100,
  // waits
  WaitAll: 0,
  WaitAny: 1,
  NotificationEvent: 0,
  SynchronizationEvent: 1,
  // NDIS flags
  NDIS_SEND_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_SEND_COMPLETE_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_RECEIVE_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_RETURN_FLAGS_DISPATCH_LEVEL: 1,
  NDIS_RWL_AT_DISPATCH_LEVEL: 1,
  // WDF
  WDF_REQUEST_SEND_OPTION_TIMEOUT: 1,
  WDF_REQUEST_SEND_OPTION_SYNCHRONOUS: 2,
  WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE: 4,
  WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET: 8,
  WdfExecutionLevelInvalid: 0,
  WdfExecutionLevelInheritFromParent: 1,
  WdfExecutionLevelPassive: 2,
  WdfExecutionLevelDispatch: 3,
  WdfIoTargetCancelSentIo: 1,
  WdfIoTargetWaitForSentIoToComplete: 2,
  WdfIoTargetLeaveSentIoPending: 3,
  WdfIoTargetPurgeIoAndWait: 1,
  WdfIoTargetPurgeIo: 2,
  // STOR_SPINLOCK
  DpcLock: 1,
  StartIoLock: 2,
  InterruptLock: 3,
  ThreadedDpcLock: 4,
  DpcLevelLock: 5,
  // file system filters and I/O
  FLTFL_IO_OPERATION_NON_CACHED: 1,
  FLTFL_IO_OPERATION_PAGING: 2,
  FLTFL_IO_OPERATION_DO_NOT_UPDATE_BYTE_OFFSET: 4,
  FLTFL_IO_OPERATION_SYNCHRONOUS_PAGING: 8,
  FLT_PREOP_COMPLETE: 4,
  IRP_NOCACHE: 1,
  IRP_PAGING_IO: 2,
  FSRTL_ECP_LOOKASIDE_FLAG_NONPAGED_POOL: 2,
  // power
  PO_FX_FLAG_BLOCKING: 1,
  PO_FX_FLAG_ASYNC_ONLY: 2,
  PowerDeviceD0: 1,
  PowerDeviceD1: 2,
  PowerDeviceD2: 3,
  PowerDeviceD3: 4,
  // sockets
  WSK_NO_WAIT: 0,
  NdisShutdownPowerOff: 0,
  NdisShutdownBugCheck: 1,
  MM_ALLOCATE_AND_HOT_REMOVE: 0x100,
};

/** The value of a header constant, or undefined. NTSTATUS values are signed 32-bit numbers. */
export function knownConstant(name: string): number | undefined {
  return Object.hasOwn(CONSTANTS, name) ? CONSTANTS[name] : undefined;
}
