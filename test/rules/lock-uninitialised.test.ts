import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('lock-uninitialised', () => {
  it('a global fast mutex', () => {
    checkRule(
      'lock-uninitialised',
      `
#include <wdm.h>
FAST_MUTEX g_Mutex;
ULONG g_Count;
DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    return STATUS_SUCCESS;
}
VOID CountBad(VOID)
{
    ExAcquireFastMutex(&g_Mutex);
//  ^^^^^^^^^^^^^^^^^^^^^^^^^^^^ nothing in this driver initialises it
    g_Count += 1;
    ExReleaseFastMutex(&g_Mutex);
}
`,
    );
  });

  it('initialised, handed on, or a spin lock', () => {
    checkRule(
      'lock-uninitialised',
      `
#include <wdm.h>
FAST_MUTEX g_Mutex;
FAST_MUTEX g_Other;
KSPIN_LOCK g_Spin;
ULONG g_Count;
VOID PrepareOther(PFAST_MUTEX Mutex);
DRIVER_INITIALIZE DriverEntry;
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(DriverObject);
    UNREFERENCED_PARAMETER(RegistryPath);
    ExInitializeFastMutex(&g_Mutex);
    PrepareOther(&g_Other);
    return STATUS_SUCCESS;
}
VOID CountOk(VOID)
{
    KIRQL irql;
    ExAcquireFastMutex(&g_Mutex);
    g_Count += 1;
    ExReleaseFastMutex(&g_Mutex);
    ExAcquireFastMutex(&g_Other);
    g_Count += 1;
    ExReleaseFastMutex(&g_Other);
    KeAcquireSpinLock(&g_Spin, &irql);
    g_Count += 1;
    KeReleaseSpinLock(&g_Spin, irql);
}
`,
    );
  });
});
