import { describe, it } from 'vitest';
import { checkRule } from '../harness/checkRule.ts';

describe('role-type-mismatch', () => {
  it('a work item routine registered as a DPC', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
IO_WORKITEM_ROUTINE FlushBad;
VOID FlushBad(PDEVICE_OBJECT DeviceObject, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Context);
}
VOID SetUp(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, (PKDEFERRED_ROUTINE)FlushBad, NULL);
//                                           ^^^^^^^^ KDEFERRED_ROUTINE
}
`,
    );
  });

  it('the right role, and a paged dispatch routine', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
KDEFERRED_ROUTINE TickOk;
VOID TickOk(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
}
VOID SetUpOk(PKDPC Dpc)
{
    KeInitializeDpc(Dpc, TickOk, NULL);
}
`,
    );
  });

  it('the cleanup role of a device in the attributes of an object', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
EVT_WDF_DEVICE_CONTEXT_CLEANUP ForgetOk;
VOID ForgetOk(WDFOBJECT Object)
{
    UNREFERENCED_PARAMETER(Object);
}
VOID AttachOk(PWDF_OBJECT_ATTRIBUTES Attributes)
{
    Attributes->EvtCleanupCallback = ForgetOk;
}
`,
    );
  });

  it('a dispatch routine in another slot', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
_Dispatch_type_(IRP_MJ_READ)
DRIVER_DISPATCH ReadBad;
NTSTATUS ReadBad(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}
VOID FillTable(PDRIVER_OBJECT DriverObject)
{
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadBad;
//                                              ^^^^^^^ IRP_MJ_WRITE
}
`,
    );
  });

  it('a dispatch routine in its slots', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
_Dispatch_type_(IRP_MJ_READ)
_Dispatch_type_(IRP_MJ_WRITE)
DRIVER_DISPATCH ReadWriteOk;
NTSTATUS ReadWriteOk(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    return STATUS_SUCCESS;
}
VOID FillTableOk(PDRIVER_OBJECT DriverObject)
{
    DriverObject->MajorFunction[IRP_MJ_WRITE] = ReadWriteOk;
    DriverObject->MajorFunction[IRP_MJ_READ] = ReadWriteOk;
}
`,
    );
  });

  it('a StartIo routine set as cancel routine: the same level, but another lock', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
DRIVER_STARTIO StartBad;
VOID StartBad(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
}
VOID Queue(PIRP Irp)
{
    IoSetCancelRoutine(Irp, StartBad);
//                          ^^^^^^^^ with the cancel spin lock held
}
`,
    );
  });

  it('a role type and another function class', () => {
    checkRule(
      'role-type-mismatch',
      `
#include <wdm.h>
DRIVER_UNLOAD ClassBad;
_Function_class_(KDEFERRED_ROUTINE)
VOID ClassBad(PDRIVER_OBJECT DriverObject)
//   ^^^^^^^^ annotated as a function of class KDEFERRED_ROUTINE
{
    UNREFERENCED_PARAMETER(DriverObject);
}
DRIVER_UNLOAD ClassOk;
_Function_class_(DRIVER_UNLOAD)
VOID ClassOk(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}
`,
    );
  });
});
