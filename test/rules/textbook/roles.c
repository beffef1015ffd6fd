//- /wdm/driver.c
#include <wdm.h>

KDEFERRED_ROUTINE DpcSleepsBad;
KDEFERRED_ROUTINE DpcSignalsOk;
KSERVICE_ROUTINE IsrTakesLockBad;
KSERVICE_ROUTINE IsrQueuesOk;
IO_DPC_ROUTINE DpcForIsrBad;
DRIVER_CANCEL CancelWaitsBad;
DRIVER_STARTIO StartIoWaitsBad;
IO_COMPLETION_ROUTINE CompletionWaitsBad;
IO_COMPLETION_ROUTINE CompletionSignalsOk;
IO_TIMER_ROUTINE SecondTimerBad;

typedef struct _EXT {
    KSPIN_LOCK Lock;
    KEVENT Event;
    FAST_MUTEX Mutex;
    PKINTERRUPT Interrupt;
} EXT, *PEXT;

VOID DpcSleepsBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PEXT ext = (PEXT)Context;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
}

VOID DpcSignalsOk(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    PEXT ext = (PEXT)Context;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
}

BOOLEAN IsrTakesLockBad(PKINTERRUPT Interrupt, PVOID Context)
{
    KIRQL irql;
    PEXT ext = (PEXT)Context;
    UNREFERENCED_PARAMETER(Interrupt);
    KeAcquireSpinLock(&ext->Lock, &irql); // expect: irql-too-high
    KeReleaseSpinLock(&ext->Lock, irql);
    return TRUE;
}

BOOLEAN IsrQueuesOk(PKINTERRUPT Interrupt, PVOID Context)
{
    PDEVICE_OBJECT device = (PDEVICE_OBJECT)Context;
    UNREFERENCED_PARAMETER(Interrupt);
    IoRequestDpc(device, NULL, NULL);
    return TRUE;
}

VOID DpcForIsrBad(PKDPC Dpc, PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PVOID p;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    p = ExAllocatePoolWithTag(PagedPool, 32, 'cpD1'); // expect: irql-too-high
    if (p)
        ExFreePoolWithTag(p, 'cpD1'); // expect: irql-too-high
}

VOID CancelWaitsBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXT ext = Device->DeviceExtension;
    IoReleaseCancelSpinLock(Irp->CancelIrql);
    Irp->IoStatus.Status = STATUS_CANCELLED;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    UNREFERENCED_PARAMETER(ext);
}

VOID StartIoWaitsBad(PDEVICE_OBJECT Device, PIRP Irp)
{
    PEXT ext = Device->DeviceExtension;
    UNREFERENCED_PARAMETER(Irp);
    ExAcquireFastMutex(&ext->Mutex); // expect: irql-too-high
    ExReleaseFastMutex(&ext->Mutex);
}

NTSTATUS CompletionWaitsBad(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PEXT ext = (PEXT)Context;
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Irp);
    KeWaitForSingleObject(&ext->Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    return STATUS_MORE_PROCESSING_REQUIRED;
}

NTSTATUS CompletionSignalsOk(PDEVICE_OBJECT Device, PIRP Irp, PVOID Context)
{
    PEXT ext = (PEXT)Context;
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&ext->Event, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

VOID SecondTimerBad(PDEVICE_OBJECT Device, PVOID Context)
{
    UNREFERENCED_PARAMETER(Device);
    ZwClose((HANDLE)Context); // expect: irql-too-high
}

//- /dpcHelper/driver.c
#include <ntddk.h>

KDEFERRED_ROUTINE WatchdogDpc;

static void WriteLog(HANDLE File, PIO_STATUS_BLOCK Iosb, PVOID Data, ULONG Length)
{
    ZwWriteFile(File, NULL, NULL, NULL, Iosb, Data, Length, NULL, NULL);
}

typedef struct _LOG {
    HANDLE File;
    IO_STATUS_BLOCK Iosb;
    CHAR Text[64];
} LOG;

VOID WatchdogDpc(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    LOG *log = (LOG *)Context;
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    WriteLog(log->File, &log->Iosb, log->Text, sizeof(log->Text)); // expect: irql-too-high
}

//- /isrRegistered/driver.c
#include <ntddk.h>

typedef struct _DEV {
    PKINTERRUPT Interrupt;
    KSPIN_LOCK Lock;
    KEVENT Done;
} DEV;

static BOOLEAN OnInterruptBad(PKINTERRUPT Interrupt, PVOID Context)
{
    DEV *dev = (DEV *)Context;
    UNREFERENCED_PARAMETER(Interrupt);
    KeSetEvent(&dev->Done, IO_NO_INCREMENT, FALSE); // expect: irql-too-high
    return TRUE;
}

NTSTATUS Connect(DEV *Dev, ULONG Vector, KIRQL Irql, KAFFINITY Affinity)
{
    return IoConnectInterrupt(&Dev->Interrupt, OnInterruptBad, Dev, NULL, Vector, Irql, Irql,
                              LevelSensitive, TRUE, Affinity, FALSE);
}

//- /synchronize/driver.c
#include <wdm.h>

typedef struct _DEV2 {
    PKINTERRUPT Interrupt;
    KSPIN_LOCK Lock;
    ULONG Mask;
} DEV2;

static BOOLEAN SetMaskBad(PVOID Context)
{
    DEV2 *dev = (DEV2 *)Context;
    KIRQL irql;
    KeAcquireSpinLock(&dev->Lock, &irql); // expect: irql-too-high
    dev->Mask = 1;
    KeReleaseSpinLock(&dev->Lock, irql);
    return TRUE;
}

static BOOLEAN SetMaskOk(PVOID Context)
{
    DEV2 *dev = (DEV2 *)Context;
    dev->Mask = 2;
    return TRUE;
}

VOID Mask(DEV2 *Dev)
{
    KeSynchronizeExecution(Dev->Interrupt, SetMaskBad, Dev);
    KeSynchronizeExecution(Dev->Interrupt, SetMaskOk, Dev);
}

//- /workItem/driver.c
#include <ntddk.h>

IO_WORKITEM_ROUTINE OnWorkOk;

VOID OnWorkOk(PDEVICE_OBJECT Device, PVOID Context)
{
    UNREFERENCED_PARAMETER(Device);
    ZwClose((HANDLE)Context);
}

VOID OnWorkLeavesBad(PDEVICE_OBJECT Device, PVOID Context)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Device);
    KeAcquireSpinLock((PKSPIN_LOCK)Context, &irql);
} // expect: lock-not-released | irql-not-restored

VOID Queue(PIO_WORKITEM Item, PVOID Context)
{
    IoQueueWorkItem(Item, OnWorkOk, DelayedWorkQueue, Context);
    IoQueueWorkItem(Item, OnWorkLeavesBad, DelayedWorkQueue, Context);
}

//- /mismatch/driver.c
#include <ntddk.h>

KDEFERRED_ROUTINE NotAnIsrBad;
KSERVICE_ROUTINE IsrOk;

VOID NotAnIsrBad(PKDPC Dpc, PVOID Context, PVOID A, PVOID B)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
}

BOOLEAN IsrOk(PKINTERRUPT Interrupt, PVOID Context)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Context);
    return TRUE;
}

NTSTATUS ConnectBad(PKINTERRUPT *Interrupt, PVOID Context, ULONG Vector, KIRQL Irql, KAFFINITY Affinity)
{
    return IoConnectInterrupt(Interrupt, (PKSERVICE_ROUTINE)NotAnIsrBad, Context, NULL, Vector, Irql, Irql, // expect: role-type-mismatch
                              LevelSensitive, TRUE, Affinity, FALSE);
}

NTSTATUS ConnectOk(PKINTERRUPT *Interrupt, PVOID Context, ULONG Vector, KIRQL Irql, KAFFINITY Affinity)
{
    return IoConnectInterrupt(Interrupt, IsrOk, Context, NULL, Vector, Irql, Irql, LevelSensitive, TRUE,
                              Affinity, FALSE);
}

//- /unload/driver.c
#include <ntddk.h>

DRIVER_UNLOAD UnloadOk;

VOID UnloadOk(PDRIVER_OBJECT Driver)
{
    KeFlushQueuedDpcs();
    IoDeleteDevice(Driver->DeviceObject);
}

//- /unloadLocked/driver.c
#include <ntddk.h>

KSPIN_LOCK Lock;

VOID OnUnloadBad(PDRIVER_OBJECT Driver)
{
    KIRQL irql;
    KeAcquireSpinLock(&Lock, &irql);
    IoDeleteDevice(Driver->DeviceObject); // expect: irql-too-high
    KeReleaseSpinLock(&Lock, irql);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = OnUnloadBad;
    KeInitializeSpinLock(&Lock);
    return STATUS_SUCCESS;
}
