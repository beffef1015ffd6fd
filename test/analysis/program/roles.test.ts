// How functions become callbacks: by declaration, registration call, field, initialiser, and through the driver's own wrappers.
import { expect, it } from 'vitest';
import { functionOf, programOf, rolesOf } from './harness.ts';

interface Case {
  readonly title: string;
  readonly fixture: string;
  /** function -> its roles */
  readonly roles: Readonly<Record<string, readonly string[]>>;
}

const cases: readonly Case[] = [
  {
    title: 'role declarations, also through typedefs of the driver',
    fixture: `#include <ntddk.h>
typedef DRIVER_DISPATCH MY_DISPATCH;
DRIVER_DISPATCH Plain;
MY_DISPATCH Chained;
static KDEFERRED_ROUTINE Dpc;
NTSTATUS Plain(PDEVICE_OBJECT d, PIRP i) { return 0; }
NTSTATUS Chained(PDEVICE_OBJECT d, PIRP i) { return 0; }
static VOID Dpc(PKDPC a, PVOID b, PVOID c, PVOID d) { }
`,
    roles: {
      Plain: ['DRIVER_DISPATCH declaration 0..2 merelyAllowed (DRIVER_DISPATCH)'],
      Chained: ['DRIVER_DISPATCH declaration 0..2 merelyAllowed (MY_DISPATCH)'],
      Dpc: ['KDEFERRED_ROUTINE declaration 2..2 always (KDEFERRED_ROUTINE)'],
    },
  },
  {
    title: 'registration calls',
    fixture: `#include <ntddk.h>
VOID MyDpc(PKDPC a, PVOID b, PVOID c, PVOID d) { }
VOID MyThreaded(PKDPC a, PVOID b, PVOID c, PVOID d) { }
NTSTATUS MyDone(PDEVICE_OBJECT d, PIRP i, PVOID c) { return 0; }
VOID MyThread(PVOID c) { }
VOID Setup(PKDPC dpc, PIRP irp) {
  HANDLE h;
  KeInitializeDpc(dpc, MyDpc, NULL);
  KeInitializeThreadedDpc(dpc, &MyThreaded, NULL);
  IoSetCompletionRoutine(irp, (PIO_COMPLETION_ROUTINE)MyDone, NULL, TRUE, TRUE, TRUE);
  PsCreateSystemThread(&h, 0, NULL, NULL, NULL, MyThread, NULL);
}
`,
    roles: {
      MyDpc: ['KDEFERRED_ROUTINE registrationCall 2..2 always (KeInitializeDpc argument 2)'],
      MyThreaded: ['KDEFERRED_ROUTINE registrationCall 0..2 usual (KeInitializeThreadedDpc argument 2)'],
      MyDone: ['IO_COMPLETION_ROUTINE registrationCall 0..2 usual (IoSetCompletionRoutine argument 2)'],
      MyThread: ['KSTART_ROUTINE registrationCall 0..0 always (PsCreateSystemThread argument 6)'],
    },
  },
  {
    title: 'dispatch table of the driver object, with levels by major function',
    fixture: `#include <ntddk.h>
DRIVER_DISPATCH MyCreate;
NTSTATUS MyCreate(PDEVICE_OBJECT d, PIRP i) { return 0; }
NTSTATUS MyRead(PDEVICE_OBJECT d, PIRP i) { return 0; }
VOID MyUnload(PDRIVER_OBJECT d) { }
NTSTATUS MyAdd(PDRIVER_OBJECT d, PDEVICE_OBJECT p) { return 0; }
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING r) {
  DriverObject->MajorFunction[IRP_MJ_CREATE] = MyCreate;
  DriverObject->MajorFunction[IRP_MJ_READ] = MyRead;
  DriverObject->DriverUnload = MyUnload;
  DriverObject->DriverExtension->AddDevice = MyAdd;
  return 0;
}
`,
    roles: {
      MyCreate: ['DRIVER_DISPATCH fieldAssignment 0..0 always (DRIVER_OBJECT.MajorFunction[IRP_MJ_CREATE])'],
      MyRead: [
        'DRIVER_DISPATCH fieldAssignment 0..2 merelyAllowed (DRIVER_OBJECT.MajorFunction[IRP_MJ_READ])',
      ],
      MyUnload: ['DRIVER_UNLOAD fieldAssignment 0..0 always (DRIVER_OBJECT.DriverUnload)'],
      MyAdd: ['DRIVER_ADD_DEVICE fieldAssignment 0..0 always (DRIVER_EXTENSION.AddDevice)'],
      DriverEntry: ['DRIVER_INITIALIZE entryPoint 0..0 always (DriverEntry)'],
    },
  },
  {
    title: 'framework objects with execution level and passive interrupts',
    fixture: `#include <ntddk.h>
#include <wdf.h>
VOID TimerA(WDFTIMER t) { }
VOID TimerB(WDFTIMER t) { }
BOOLEAN IsrA(WDFINTERRUPT i, ULONG m) { return TRUE; }
BOOLEAN IsrB(WDFINTERRUPT i, ULONG m) { return TRUE; }
VOID MakeTimers(WDFDEVICE device) {
  WDF_TIMER_CONFIG config; WDF_OBJECT_ATTRIBUTES attributes; WDFTIMER timer;
  WDF_TIMER_CONFIG_INIT(&config, TimerA);
  attributes.ExecutionLevel = WdfExecutionLevelPassive;
  WdfTimerCreate(&config, &attributes, &timer);
}
VOID MakeOther(WDFDEVICE device) {
  WDF_TIMER_CONFIG config;
  WDF_TIMER_CONFIG_INIT(&config, TimerB);
}
VOID MakeInterrupts(WDFDEVICE device) {
  WDF_INTERRUPT_CONFIG a; WDF_INTERRUPT_CONFIG b; WDFINTERRUPT i;
  WDF_INTERRUPT_CONFIG_INIT(&a, IsrA, NULL);
  a.PassiveHandling = TRUE;
  WdfInterruptCreate(device, &a, NULL, &i);
  WDF_INTERRUPT_CONFIG_INIT(&b, IsrB, NULL);
  WdfInterruptCreate(device, &b, NULL, &i);
}
`,
    roles: {
      TimerA: ['EVT_WDF_TIMER registrationCall 0..0 always (WDF_TIMER_CONFIG_INIT argument 2)'],
      TimerB: ['EVT_WDF_TIMER registrationCall 0..2 usual (WDF_TIMER_CONFIG_INIT argument 2)'],
      IsrA: ['EVT_WDF_INTERRUPT_ISR registrationCall 0..0 always (WDF_INTERRUPT_CONFIG_INIT argument 2)'],
      IsrB: ['EVT_WDF_INTERRUPT_ISR registrationCall 3..11 always (WDF_INTERRUPT_CONFIG_INIT argument 2)'],
    },
  },
  {
    title: 'objects that take the execution level of the only device',
    fixture: `#include <ntddk.h>
#include <wdf.h>
VOID Tick(WDFTIMER t) { }
VOID Tock(WDFTIMER t) { }
VOID Read(WDFQUEUE q, WDFREQUEST r, size_t n) { }
NTSTATUS Add(WDFDRIVER driver, PWDFDEVICE_INIT init) {
  WDF_OBJECT_ATTRIBUTES attributes; WDFDEVICE device; WDF_TIMER_CONFIG timerConfig; WDF_IO_QUEUE_CONFIG queueConfig; WDFTIMER timer;
  attributes.SynchronizationScope = WdfSynchronizationScopeDevice;
  WdfDeviceCreate(&init, &attributes, &device);
  WDF_TIMER_CONFIG_INIT(&timerConfig, Tick);
  WdfTimerCreate(&timerConfig, WDF_NO_OBJECT_ATTRIBUTES, &timer);
  queueConfig.EvtIoRead = Read;
  return WdfIoQueueCreate(device, &queueConfig, WDF_NO_OBJECT_ATTRIBUTES, NULL);
}
VOID Elsewhere(PWDF_TIMER_CONFIG config) { WDF_TIMER_CONFIG_INIT(config, Tock); }
`,
    roles: {
      Tick: ['EVT_WDF_TIMER registrationCall 2..2 always (WDF_TIMER_CONFIG_INIT argument 2)'],
      Tock: ['EVT_WDF_TIMER registrationCall 0..2 usual (WDF_TIMER_CONFIG_INIT argument 2)'],
      Read: ['EVT_WDF_IO_QUEUE_IO_READ fieldAssignment 2..2 always (WDF_IO_QUEUE_CONFIG.EvtIoRead)'],
    },
  },
  {
    title: 'storage miniports by synchronization model',
    fixture: `#include <storport.h>
BOOLEAN StartIo(PVOID d, PSCSI_REQUEST_BLOCK s) { return TRUE; }
ULONG Find(PVOID d, PPORT_CONFIGURATION_INFORMATION c) { c->SynchronizationModel = StorSynchronizeFullDuplex; return 0; }
ULONG DriverEntry(PVOID a, PVOID b) {
  HW_INITIALIZATION_DATA data = {0};
  data.HwStartIo = StartIo;
  return StorPortInitialize(a, b, &data, NULL);
}
`,
    roles: { StartIo: ['HW_STARTIO fieldAssignment 2..2 always (HW_INITIALIZATION_DATA.HwStartIo)'] },
  },
  {
    title: 'initialisers, positional, designated and nested',
    fixture: `#include <fltKernel.h>
FLT_PREOP_CALLBACK_STATUS Pre(PFLT_CALLBACK_DATA d, PCFLT_RELATED_OBJECTS o, PVOID *c) { return 0; }
FLT_POSTOP_CALLBACK_STATUS Post(PFLT_CALLBACK_DATA d, PCFLT_RELATED_OBJECTS o, PVOID c, ULONG f) { return 0; }
FLT_POSTOP_CALLBACK_STATUS PostCreate(PFLT_CALLBACK_DATA d, PCFLT_RELATED_OBJECTS o, PVOID c, ULONG f) { return 0; }
NTSTATUS Unload(ULONG f) { return 0; }
CONST FLT_OPERATION_REGISTRATION Callbacks[] = {
  { IRP_MJ_CREATE, 0, Pre, PostCreate },
  { IRP_MJ_READ, 0, NULL, Post },
  { IRP_MJ_OPERATION_END }
};
CONST FLT_REGISTRATION Registration = {
  .FilterUnloadCallback = Unload,
};
`,
    roles: {
      Pre: [
        'PFLT_PRE_OPERATION_CALLBACK initializer 0..1 merelyAllowed (FLT_OPERATION_REGISTRATION.PreOperation)',
      ],
      PostCreate: [
        'PFLT_POST_OPERATION_CALLBACK initializer 0..0 always (FLT_OPERATION_REGISTRATION.PostOperation)',
      ],
      Post: [
        'PFLT_POST_OPERATION_CALLBACK initializer 0..2 merelyAllowed (FLT_OPERATION_REGISTRATION.PostOperation)',
      ],
      Unload: ['PFLT_FILTER_UNLOAD_CALLBACK initializer 0..0 always (FLT_REGISTRATION.FilterUnloadCallback)'],
    },
  },
  {
    title: 'wrappers of the driver, two deep and through a macro',
    fixture: `#include <ntddk.h>
#define START_DPC(d, f) InitInner((d), (f))
static void InitInner(PKDPC dpc, PKDEFERRED_ROUTINE routine) { KeInitializeDpc(dpc, routine, NULL); }
static void InitOuter(PKDPC dpc, PKDEFERRED_ROUTINE routine) { InitInner(dpc, routine); }
VOID One(PKDPC a, PVOID b, PVOID c, PVOID d) { }
VOID Two(PKDPC a, PVOID b, PVOID c, PVOID d) { }
VOID Setup(PKDPC dpc) {
  InitOuter(dpc, One);
  START_DPC(dpc, Two);
}
`,
    roles: {
      One: ['KDEFERRED_ROUTINE passedThrough 2..2 always (KeInitializeDpc argument 2)'],
      Two: ['KDEFERRED_ROUTINE passedThrough 2..2 always (KeInitializeDpc argument 2)'],
    },
  },
  {
    title: 'user-mode code has no roles',
    fixture: `#include <windows.h>
#include <wdf.h>
EVT_WDF_TIMER Tick;
VOID Tick(WDFTIMER t) { }
`,
    roles: { Tick: [] },
  },
];

it.each(cases)('$title', ({ fixture, roles }) => {
  const program = programOf(fixture);
  const found = Object.fromEntries(Object.keys(roles).map((name) => [name, rolesOf(program, name)]));
  expect(found).toEqual(roles);
});

it('knows functions whose address goes where nobody can follow', () => {
  const program = programOf(`#include <ntddk.h>
void Lost(void) { }
void Kept(void) { }
void Compared(void) { }
void *Setup(PVOID x) {
  Unheard(Lost);
  Kept();
  if (x == Compared) return 0;
  return 0;
}
`);
  const unknown = ['Lost', 'Kept', 'Compared'].filter((name) =>
    program.hasUnknownCallers(functionOf(program, name).id),
  );
  expect(unknown).toEqual(['Lost']);
});
