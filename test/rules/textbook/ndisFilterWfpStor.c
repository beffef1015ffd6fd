//- /ndisLocks/miniport.c
#include <ndis.h>

typedef struct _ADAPTER {
    NDIS_SPIN_LOCK Lock;
    PNDIS_RW_LOCK_EX RwLock;
    NDIS_EVENT Event;
    ULONG Pending;
} ADAPTER, *PADAPTER;

VOID NdisWaitUnderLockBad(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisWaitEvent(&Adapter->Event, 100); // expect: irql-too-high
    NdisReleaseSpinLock(&Adapter->Lock);
}

VOID NdisWaitAfterLockOk(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisReleaseSpinLock(&Adapter->Lock);
    NdisWaitEvent(&Adapter->Event, 100);
}

VOID NdisSleepUnderLockBad(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisMSleep(1000); // expect: irql-too-high
    NdisReleaseSpinLock(&Adapter->Lock);
}

NDIS_STATUS NdisLeakBad(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Adapter->Pending == 0) {
        return NDIS_STATUS_FAILURE; // expect: lock-not-released
    }
    Adapter->Pending--;
    NdisReleaseSpinLock(&Adapter->Lock);
    return NDIS_STATUS_SUCCESS;
}

NDIS_STATUS NdisNoLeakOk(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    if (Adapter->Pending == 0) {
        NdisReleaseSpinLock(&Adapter->Lock);
        return NDIS_STATUS_FAILURE;
    }
    Adapter->Pending--;
    NdisReleaseSpinLock(&Adapter->Lock);
    return NDIS_STATUS_SUCCESS;
}

VOID NdisTwiceBad(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisDprAcquireSpinLock(&Adapter->Lock); // expect: lock-acquired-twice
    NdisDprReleaseSpinLock(&Adapter->Lock);
    NdisReleaseSpinLock(&Adapter->Lock);
}

VOID NdisMismatchBad(PADAPTER Adapter)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    Adapter->Pending++;
    NdisDprReleaseSpinLock(&Adapter->Lock); // expect: release-variant-mismatch
}

_IRQL_requires_max_(PASSIVE_LEVEL)
VOID NdisDprAtPassiveBad(PADAPTER Adapter)
{
    NdisDprAcquireSpinLock(&Adapter->Lock); // expect: atdpc-below-dispatch
    NdisDprReleaseSpinLock(&Adapter->Lock);
}

VOID NdisRwLeakBad(PADAPTER Adapter, BOOLEAN Quit)
{
    LOCK_STATE_EX state;
    NdisAcquireRWLockRead(Adapter->RwLock, &state, 0);
    if (Quit)
        return; // expect: lock-not-released
    NdisReleaseRWLock(Adapter->RwLock, &state);
}

VOID NdisRwOk(PADAPTER Adapter)
{
    LOCK_STATE_EX state;
    NdisAcquireRWLockWrite(Adapter->RwLock, &state, 0);
    Adapter->Pending = 0;
    NdisReleaseRWLock(Adapter->RwLock, &state);
}

VOID IndicateUnderLockBad(PADAPTER Adapter, NDIS_HANDLE Handle, PNET_BUFFER_LIST Nbl)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisMIndicateReceiveNetBufferLists(Handle, Nbl, 0, 1, 0); // expect: request-under-spin-lock
    NdisReleaseSpinLock(&Adapter->Lock);
}

VOID IndicateAfterLockOk(PADAPTER Adapter, NDIS_HANDLE Handle, PNET_BUFFER_LIST Nbl)
{
    NdisAcquireSpinLock(&Adapter->Lock);
    NdisReleaseSpinLock(&Adapter->Lock);
    NdisMIndicateReceiveNetBufferLists(Handle, Nbl, 0, 1, 0);
}

//- /ndisRegistered/miniport.c
#include <ndis.h>

MINIPORT_INTERRUPT_DPC MiniportDpcBad;
MINIPORT_ISR MiniportIsrBad;
MINIPORT_INITIALIZE MiniportInitializeEx;
MINIPORT_HALT MiniportHaltOk;

typedef struct _NIC {
    NDIS_SPIN_LOCK Lock;
    KEVENT Done;
} NIC;

VOID MiniportDpcBad(NDIS_HANDLE Context, PVOID DpcContext, PVOID Throttle, PVOID Reserved)
{
    NIC *nic = (NIC *)Context;
    UNREFERENCED_PARAMETER(DpcContext);
    UNREFERENCED_PARAMETER(Throttle);
    UNREFERENCED_PARAMETER(Reserved);
    KeWaitForSingleObject(&nic->Done, Executive, KernelMode, FALSE, NULL); // expect: irql-too-high
}

BOOLEAN MiniportIsrBad(NDIS_HANDLE Context, PBOOLEAN Queue, PULONG Target)
{
    NIC *nic = (NIC *)Context;
    UNREFERENCED_PARAMETER(Target);
    NdisAcquireSpinLock(&nic->Lock); // expect: irql-too-high
    NdisReleaseSpinLock(&nic->Lock);
    *Queue = TRUE;
    return TRUE;
}

VOID MiniportHaltOk(NDIS_HANDLE Context, NDIS_HALT_ACTION Action)
{
    NIC *nic = (NIC *)Context;
    UNREFERENCED_PARAMETER(Action);
    KeWaitForSingleObject(&nic->Done, Executive, KernelMode, FALSE, NULL);
}

NDIS_STATUS MiniportInitializeEx(NDIS_HANDLE Handle, NDIS_HANDLE Context, PNDIS_MINIPORT_INIT_PARAMETERS Parameters)
{
    NDIS_MINIPORT_INTERRUPT_CHARACTERISTICS interrupt;
    NDIS_HANDLE registered;
    UNREFERENCED_PARAMETER(Parameters);
    interrupt.InterruptHandler = MiniportIsrBad;
    interrupt.InterruptDpcHandler = MiniportDpcBad;
    return NdisMRegisterInterruptEx(Handle, Context, &interrupt, &registered);
}

//- /ndisFlags/filter.c
#include <ndis.h>

typedef struct _FILTER {
    NDIS_SPIN_LOCK Lock;
    ULONG Count;
} FILTER, *PFILTER;

FILTER_SEND_NET_BUFFER_LISTS SendOk;
FILTER_RECEIVE_NET_BUFFER_LISTS ReceiveBad;

VOID SendOk(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbl, NDIS_PORT_NUMBER Port, ULONG SendFlags)
{
    PFILTER filter = (PFILTER)Context;
    BOOLEAN atDispatch = NDIS_TEST_SEND_AT_DISPATCH_LEVEL(SendFlags);
    UNREFERENCED_PARAMETER(Nbl);
    UNREFERENCED_PARAMETER(Port);
    if (atDispatch)
        NdisDprAcquireSpinLock(&filter->Lock);
    else
        NdisAcquireSpinLock(&filter->Lock);
    filter->Count++;
    if (atDispatch)
        NdisDprReleaseSpinLock(&filter->Lock);
    else
        NdisReleaseSpinLock(&filter->Lock);
}

VOID ReceiveBad(NDIS_HANDLE Context, PNET_BUFFER_LIST Nbl, NDIS_PORT_NUMBER Port, ULONG Number, ULONG Flags)
{
    PFILTER filter = (PFILTER)Context;
    UNREFERENCED_PARAMETER(Nbl);
    UNREFERENCED_PARAMETER(Port);
    UNREFERENCED_PARAMETER(Number);
    UNREFERENCED_PARAMETER(Flags);
    NdisDprAcquireSpinLock(&filter->Lock); // expect: atdpc-below-dispatch
    filter->Count++;
    NdisDprReleaseSpinLock(&filter->Lock);
}

//- /minifilter/filter.c
#include <fltKernel.h>

FLT_PREOP_CALLBACK_STATUS PreCreateOk(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID *Context);
FLT_POSTOP_CALLBACK_STATUS PostReadBad(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID Context, FLT_POST_OPERATION_FLAGS Flags);
FLT_POSTOP_CALLBACK_STATUS PostReadOk(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID Context, FLT_POST_OPERATION_FLAGS Flags);

ERESOURCE NameLock;
KSPIN_LOCK StatLock;
ULONG Reads;

CONST FLT_OPERATION_REGISTRATION Callbacks[] = {
    { IRP_MJ_CREATE, 0, PreCreateOk, NULL },
    { IRP_MJ_READ, 0, NULL, PostReadBad },
    { IRP_MJ_WRITE, 0, NULL, PostReadOk },
    { IRP_MJ_OPERATION_END }
};

FLT_PREOP_CALLBACK_STATUS PreCreateOk(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID *Context)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Objects);
    UNREFERENCED_PARAMETER(Context);
    FltAcquireResourceExclusive(&NameLock);
    FltReleaseResource(&NameLock);
    return FLT_PREOP_SUCCESS_NO_CALLBACK;
}

FLT_POSTOP_CALLBACK_STATUS PostReadBad(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID Context, FLT_POST_OPERATION_FLAGS Flags)
{
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Objects);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Flags);
    // missed: the role reaches up to DISPATCH_LEVEL, but nothing says that it comes there
    FltAcquireResourceExclusive(&NameLock); // FN_: irql-too-high
    FltReleaseResource(&NameLock);
    return FLT_POSTOP_FINISHED_PROCESSING;
}

FLT_POSTOP_CALLBACK_STATUS PostReadOk(PFLT_CALLBACK_DATA Data, PCFLT_RELATED_OBJECTS Objects, PVOID Context, FLT_POST_OPERATION_FLAGS Flags)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Objects);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Flags);
    KeAcquireSpinLock(&StatLock, &irql);
    Reads++;
    KeReleaseSpinLock(&StatLock, irql);
    return FLT_POSTOP_FINISHED_PROCESSING;
}

VOID FltLeakBad(BOOLEAN Quit)
{
    FltAcquireResourceShared(&NameLock);
    if (Quit)
        return; // expect: lock-not-released
    FltReleaseResource(&NameLock);
}

VOID FltUnderSpinLockBad(PFLT_FILE_NAME_INFORMATION *Info, PFLT_CALLBACK_DATA Data)
{
    KIRQL irql;
    KeAcquireSpinLock(&StatLock, &irql);
    FltGetFileNameInformation(Data, FLT_FILE_NAME_NORMALIZED, Info); // expect: irql-too-high
    KeReleaseSpinLock(&StatLock, irql);
}

VOID FltPushLockUnderSpinLockBad(PEX_PUSH_LOCK Push)
{
    KIRQL irql;
    KeAcquireSpinLock(&StatLock, &irql);
    FltAcquirePushLockExclusive(Push); // expect: irql-too-high
    FltReleasePushLock(Push);
    KeReleaseSpinLock(&StatLock, irql);
}

//- /wfp/callout.c
#include <ntddk.h>
#include <fwpsk.h>

FWPS_CALLOUT_CLASSIFY_FN1 ClassifyBad;
FWPS_CALLOUT_NOTIFY_FN1 NotifyOk;

KSPIN_LOCK FlowLock;
LIST_ENTRY Flows;

void ClassifyBad(const FWPS_INCOMING_VALUES0 *Values, const FWPS_INCOMING_METADATA_VALUES0 *Meta, void *Data,
                 const void *Context, const FWPS_FILTER1 *Filter, UINT64 Flow, FWPS_CLASSIFY_OUT0 *Out)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Values);
    UNREFERENCED_PARAMETER(Meta);
    UNREFERENCED_PARAMETER(Data);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Filter);
    UNREFERENCED_PARAMETER(Flow);
    KeAcquireSpinLock(&FlowLock, &irql);
    if (IsListEmpty(&Flows)) {
        Out->actionType = FWP_ACTION_PERMIT;
        return; // expect: lock-not-released
    }
    Out->actionType = FWP_ACTION_BLOCK;
    KeReleaseSpinLock(&FlowLock, irql);
}

NTSTATUS NotifyOk(FWPS_CALLOUT_NOTIFY_TYPE Type, const GUID *Key, FWPS_FILTER1 *Filter)
{
    KIRQL irql;
    UNREFERENCED_PARAMETER(Type);
    UNREFERENCED_PARAMETER(Key);
    UNREFERENCED_PARAMETER(Filter);
    KeAcquireSpinLock(&FlowLock, &irql);
    InitializeListHead(&Flows);
    KeReleaseSpinLock(&FlowLock, irql);
    return STATUS_SUCCESS;
}

NTSTATUS EngineUnderLockBad(HANDLE *Engine)
{
    KIRQL irql;
    NTSTATUS status;
    KeAcquireSpinLock(&FlowLock, &irql);
    status = FwpmEngineOpen0(NULL, RPC_C_AUTHN_WINNT, NULL, NULL, Engine); // expect: irql-too-high
    KeReleaseSpinLock(&FlowLock, irql);
    return status;
}

//- /storport/miniport.c
#include <storport.h>

typedef struct _HBA {
    ULONG Outstanding;
    STOR_DPC Dpc;
} HBA, *PHBA;

HW_STARTIO HwStartIoBad;
HW_INTERRUPT HwInterruptBad;
HW_DPC_ROUTINE HwDpcOk;

BOOLEAN HwStartIoBad(PVOID Extension, PSCSI_REQUEST_BLOCK Srb)
{
    PHBA hba = (PHBA)Extension;
    STOR_LOCK_HANDLE first, second;
    UNREFERENCED_PARAMETER(Srb);
    StorPortAcquireSpinLock(Extension, InterruptLock, NULL, &first);
    StorPortAcquireSpinLock(Extension, StartIoLock, NULL, &second); // expect: storport-lock-order
    hba->Outstanding++;
    StorPortReleaseSpinLock(Extension, &second);
    StorPortReleaseSpinLock(Extension, &first);
    return TRUE;
}

BOOLEAN HwInterruptBad(PVOID Extension)
{
    PHBA hba = (PHBA)Extension;
    STOR_LOCK_HANDLE handle;
    StorPortAcquireSpinLock(Extension, InterruptLock, NULL, &handle); // expect: interrupt-lock-in-isr | lock-acquired-twice
    hba->Outstanding--;
    StorPortReleaseSpinLock(Extension, &handle);
    return TRUE;
}

VOID HwDpcOk(PSTOR_DPC Dpc, PVOID Extension, PVOID A, PVOID B)
{
    PHBA hba = (PHBA)Extension;
    STOR_LOCK_HANDLE handle;
    UNREFERENCED_PARAMETER(A);
    UNREFERENCED_PARAMETER(B);
    StorPortAcquireSpinLock(Extension, DpcLock, Dpc, &handle);
    hba->Outstanding--;
    StorPortReleaseSpinLock(Extension, &handle);
}

BOOLEAN HwLeakBad(PVOID Extension)
{
    PHBA hba = (PHBA)Extension;
    STOR_LOCK_HANDLE handle;
    StorPortAcquireSpinLock(Extension, StartIoLock, NULL, &handle);
    if (hba->Outstanding == 0)
        return FALSE; // expect: lock-not-released
    StorPortReleaseSpinLock(Extension, &handle);
    return TRUE;
}
