//- /interrupt/driver.c
#include <ntddk.h>
#include <wdf.h>

typedef struct _DEVICE_CONTEXT {
    WDFSPINLOCK Lock;
    WDFWAITLOCK WaitLock;
    WDFINTERRUPT Interrupt;
    KEVENT Event;
    ULONG Status;
} DEVICE_CONTEXT, *PDEVICE_CONTEXT;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(DEVICE_CONTEXT, GetDeviceContext)

EVT_WDF_INTERRUPT_ISR EvtIsrBad;
EVT_WDF_INTERRUPT_DPC EvtDpcBad;
EVT_WDF_INTERRUPT_DPC EvtDpcOk;
EVT_WDF_INTERRUPT_ENABLE EvtEnableBad;
EVT_WDF_DPC EvtPlainDpcBad;

BOOLEAN EvtIsrBad(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PDEVICE_CONTEXT ctx = GetDeviceContext(WdfInterruptGetDevice(Interrupt));
    UNREFERENCED_PARAMETER(MessageID);
    WdfSpinLockAcquire(ctx->Lock); // expect: irql-too-high
    ctx->Status = 1;
    WdfSpinLockRelease(ctx->Lock);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}

VOID EvtDpcBad(WDFINTERRUPT Interrupt, WDFOBJECT Object)
{
    PDEVICE_CONTEXT ctx = GetDeviceContext(WdfInterruptGetDevice(Interrupt));
    UNREFERENCED_PARAMETER(Object);
    WdfWaitLockAcquire(ctx->WaitLock, NULL); // expect: irql-too-high
    WdfWaitLockRelease(ctx->WaitLock);
}

VOID EvtDpcOk(WDFINTERRUPT Interrupt, WDFOBJECT Object)
{
    PDEVICE_CONTEXT ctx = GetDeviceContext(WdfInterruptGetDevice(Interrupt));
    UNREFERENCED_PARAMETER(Object);
    WdfInterruptAcquireLock(Interrupt);
    ctx->Status = 0;
    WdfInterruptReleaseLock(Interrupt);
}

NTSTATUS EvtEnableBad(WDFINTERRUPT Interrupt, WDFDEVICE Device)
{
    PDEVICE_CONTEXT ctx = GetDeviceContext(Device);
    UNREFERENCED_PARAMETER(Interrupt);
    KeWaitForSingleObject(&ctx->Event, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
    return STATUS_SUCCESS;
}

VOID EvtPlainDpcBad(WDFDPC Dpc)
{
    PDEVICE_CONTEXT ctx = GetDeviceContext(WdfDpcGetParentObject(Dpc));
    LARGE_INTEGER wait;
    wait.QuadPart = -5000;
    KeDelayExecutionThread(KernelMode, FALSE, &wait); // expect: irql-too-high
    ctx->Status = 2;
}

//- /locks/driver.c
#include <ntddk.h>
#include <wdf.h>

NTSTATUS SpinLockLeakBad(WDFSPINLOCK Lock, PULONG Value)
{
    WdfSpinLockAcquire(Lock);
    if (*Value == 0)
        return STATUS_NO_MORE_ENTRIES; // expect: lock-not-released
    (*Value)--;
    WdfSpinLockRelease(Lock);
    return STATUS_SUCCESS;
}

NTSTATUS SpinLockOk(WDFSPINLOCK Lock, PULONG Value)
{
    WdfSpinLockAcquire(Lock);
    if (*Value == 0) {
        WdfSpinLockRelease(Lock);
        return STATUS_NO_MORE_ENTRIES;
    }
    (*Value)--;
    WdfSpinLockRelease(Lock);
    return STATUS_SUCCESS;
}

VOID SpinLockTwiceBad(WDFSPINLOCK Lock)
{
    WdfSpinLockAcquire(Lock);
    WdfSpinLockAcquire(Lock); // expect: lock-acquired-twice
    WdfSpinLockRelease(Lock);
    WdfSpinLockRelease(Lock);
}

VOID WaitLockUnderSpinLockBad(WDFSPINLOCK Lock, WDFWAITLOCK WaitLock)
{
    WdfSpinLockAcquire(Lock);
    WdfWaitLockAcquire(WaitLock, NULL); // expect: irql-too-high
    WdfWaitLockRelease(WaitLock);
    WdfSpinLockRelease(Lock);
}

VOID SpinLockUnderWaitLockOk(WDFSPINLOCK Lock, WDFWAITLOCK WaitLock)
{
    WdfWaitLockAcquire(WaitLock, NULL);
    WdfSpinLockAcquire(Lock);
    WdfSpinLockRelease(Lock);
    WdfWaitLockRelease(WaitLock);
}

VOID WaitLockZeroTimeoutOk(WDFSPINLOCK Lock, WDFWAITLOCK WaitLock)
{
    LONGLONG timeout = 0;
    WdfSpinLockAcquire(Lock);
    if (WdfWaitLockAcquire(WaitLock, &timeout) == STATUS_SUCCESS)
        WdfWaitLockRelease(WaitLock);
    WdfSpinLockRelease(Lock);
}

VOID WaitLockLeakBad(WDFWAITLOCK WaitLock, BOOLEAN Quit)
{
    WdfWaitLockAcquire(WaitLock, NULL);
    if (Quit)
        return; // expect: lock-not-released
    WdfWaitLockRelease(WaitLock);
}

VOID CompleteUnderSpinLockBad(WDFSPINLOCK Lock, WDFREQUEST Request)
{
    WdfSpinLockAcquire(Lock);
    WdfRequestComplete(Request, STATUS_SUCCESS); // expect: request-under-spin-lock
    WdfSpinLockRelease(Lock);
}

VOID CompleteAfterSpinLockOk(WDFSPINLOCK Lock, WDFREQUEST Request)
{
    WdfSpinLockAcquire(Lock);
    WdfSpinLockRelease(Lock);
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

BOOLEAN SendUnderSpinLockBad(WDFSPINLOCK Lock, WDFREQUEST Request, WDFIOTARGET Target)
{
    BOOLEAN sent;
    WdfSpinLockAcquire(Lock);
    sent = WdfRequestSend(Request, Target, WDF_NO_SEND_OPTIONS); // expect: request-under-spin-lock
    WdfSpinLockRelease(Lock);
    return sent;
}

NTSTATUS SendSyncUnderSpinLockBad(WDFSPINLOCK Lock, WDFREQUEST Request, WDFIOTARGET Target)
{
    WDF_REQUEST_SEND_OPTIONS options;
    NTSTATUS status = STATUS_SUCCESS;
    WDF_REQUEST_SEND_OPTIONS_INIT(&options, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    WdfSpinLockAcquire(Lock);
    if (!WdfRequestSend(Request, Target, &options)) // expect: wdf-send-synchronous | irql-too-high
        status = WdfRequestGetStatus(Request);
    WdfSpinLockRelease(Lock);
    return status;
}

NTSTATUS IoctlUnderSpinLockBad(WDFSPINLOCK Lock, WDFIOTARGET Target)
{
    NTSTATUS status;
    WdfSpinLockAcquire(Lock);
    status = WdfIoTargetSendIoctlSynchronously(Target, NULL, 0x222000, NULL, NULL, NULL, NULL); // expect: irql-too-high
    WdfSpinLockRelease(Lock);
    return status;
}

//- /objects/driver.c
#include <ntddk.h>
#include <wdf.h>

VOID CreateUnderLockBad(WDFSPINLOCK Lock, WDFDEVICE Device)
{
    WDF_WORKITEM_CONFIG config;
    WDFWORKITEM item;
    WdfSpinLockAcquire(Lock);
    WdfRegistryClose((WDFKEY)Device); // expect: irql-too-high
    WdfSpinLockRelease(Lock);
    UNREFERENCED_PARAMETER(config);
    UNREFERENCED_PARAMETER(item);
}

VOID StopQueueUnderLockBad(WDFSPINLOCK Lock, WDFQUEUE Queue)
{
    WdfSpinLockAcquire(Lock);
    WdfIoQueueStopSynchronously(Queue); // expect: irql-too-high
    WdfSpinLockRelease(Lock);
}

VOID StopQueueOk(WDFSPINLOCK Lock, WDFQUEUE Queue)
{
    WdfSpinLockAcquire(Lock);
    WdfSpinLockRelease(Lock);
    WdfIoQueueStopSynchronously(Queue);
}

VOID TimerStopWaitUnderLockBad(WDFSPINLOCK Lock, WDFTIMER Timer)
{
    WdfSpinLockAcquire(Lock);
    WdfTimerStop(Timer, TRUE); // expect: irql-too-high
    WdfSpinLockRelease(Lock);
}

VOID TimerStopNoWaitOk(WDFSPINLOCK Lock, WDFTIMER Timer)
{
    WdfSpinLockAcquire(Lock);
    WdfTimerStop(Timer, FALSE);
    WdfSpinLockRelease(Lock);
}

VOID FlushWorkItemUnderLockBad(WDFSPINLOCK Lock, WDFWORKITEM Item)
{
    WdfSpinLockAcquire(Lock);
    WdfWorkItemFlush(Item); // expect: irql-too-high
    WdfSpinLockRelease(Lock);
}

//- /passiveTimer/driver.c
#include <ntddk.h>
#include <wdf.h>

EVT_WDF_TIMER OnTimerBad;
EVT_WDF_TIMER OnPassiveTimerOk;
EVT_WDF_WORKITEM OnWorkOk;

VOID OnTimerBad(WDFTIMER Timer)
{
    UNREFERENCED_PARAMETER(Timer);
    ZwClose(NULL); // expect: irql-too-high
}

VOID OnPassiveTimerOk(WDFTIMER Timer)
{
    UNREFERENCED_PARAMETER(Timer);
    ZwClose(NULL);
}

VOID OnWorkOk(WDFWORKITEM Item)
{
    UNREFERENCED_PARAMETER(Item);
    ZwClose(NULL);
}

NTSTATUS CreateTimers(WDFDEVICE Device)
{
    WDF_TIMER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFTIMER timer;
    NTSTATUS status;

    WDF_TIMER_CONFIG_INIT(&config, OnTimerBad);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = Device;
    status = WdfTimerCreate(&config, &attributes, &timer);
    return status;
}

NTSTATUS CreatePassiveTimer(WDFDEVICE Device)
{
    WDF_TIMER_CONFIG config;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFTIMER timer;

    WDF_TIMER_CONFIG_INIT(&config, OnPassiveTimerOk);
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = Device;
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    return WdfTimerCreate(&config, &attributes, &timer);
}

//- /callbackLeaves/driver.c
#include <ntddk.h>
#include <wdf.h>

EVT_WDF_IO_QUEUE_IO_READ EvtReadBad;
EVT_WDF_IO_QUEUE_IO_WRITE EvtWriteOk;
EVT_WDF_IO_QUEUE_IO_DEVICE_CONTROL EvtControlBad;

WDFSPINLOCK QueueLock;

VOID EvtReadBad(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    UNREFERENCED_PARAMETER(Queue);
    UNREFERENCED_PARAMETER(Request);
    UNREFERENCED_PARAMETER(Length);
    WdfSpinLockAcquire(QueueLock);
} // expect: lock-not-released

VOID EvtWriteOk(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    UNREFERENCED_PARAMETER(Queue);
    WdfSpinLockAcquire(QueueLock);
    WdfSpinLockRelease(QueueLock);
    WdfRequestCompleteWithInformation(Request, STATUS_SUCCESS, Length);
}

VOID EvtControlBad(WDFQUEUE Queue, WDFREQUEST Request, size_t Out, size_t In, ULONG Code)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Queue);
    UNREFERENCED_PARAMETER(Out);
    UNREFERENCED_PARAMETER(In);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (Code == 0) {
        WdfRequestComplete(Request, STATUS_INVALID_PARAMETER);
        return; // expect: irql-not-restored
    }
    KeLowerIrql(irql);
    WdfRequestComplete(Request, STATUS_SUCCESS);
}

//- /power/driver.c
#include <ntddk.h>
#include <wdf.h>

EVT_WDF_DEVICE_D0_ENTRY EvtD0Entry;
EVT_WDF_DEVICE_PREPARE_HARDWARE EvtPrepareHardwareBad;

NTSTATUS EvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE Previous)
{
    UNREFERENCED_PARAMETER(Device);
    UNREFERENCED_PARAMETER(Previous);
    return STATUS_SUCCESS;
}

NTSTATUS EvtPrepareHardwareBad(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    KIRQL irql;
    WCHAR name[32];
    ULONG length;
    NTSTATUS status;
    UNREFERENCED_PARAMETER(Raw);
    UNREFERENCED_PARAMETER(Translated);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = WdfDeviceQueryProperty(Device, DevicePropertyFriendlyName, sizeof(name), name, &length); // expect: irql-too-high
    KeLowerIrql(irql);
    return status;
}
