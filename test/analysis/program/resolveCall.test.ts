// What calls refer to: by name and visibility, through pointers and tables, methods, facts, harmless names.
import { expect, it } from 'vitest';
import { callsOf, programOf } from './harness.ts';

interface Case {
  readonly title: string;
  readonly fixture: string;
  readonly of: string;
  readonly path?: string;
  readonly calls: readonly string[];
}

const cases: readonly Case[] = [
  {
    title: 'a static function stays in its file; the same name elsewhere is another function',
    fixture: `//- /drv/a.c
#include <ntddk.h>
static void Helper(void) { }
void Shared(void) { }
void A(void) { Helper(); Shared(); }
//- /drv/b.c
#include <ntddk.h>
static void Helper(void) { }
void B(void) { Helper(); Shared(); }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { return 0; }
//- /drv/c.c
#include <ntddk.h>
void C(void) { Helper(); }
`,
    of: 'B',
    calls: ['Helper -> /drv/b.c:Helper', 'Shared -> /drv/a.c:Shared'],
  },
  {
    title: "another file's static function is not meant",
    fixture: `//- /drv/a.c
static void Helper(void) { }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { return 0; }
//- /drv/c.c
void C(void) { Helper(); }
`,
    of: 'C',
    calls: ['Helper -> unknown'],
  },
  {
    title: 'drivers are kept apart, libraries are found through their headers',
    fixture: `//- /one/one.c
#include "..\\lib\\Lib.h"
void Util(void) { }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { Util(); LibCall(); OnlyInTwo(); return 0; }
//- /two/two.c
void Util(void) { }
void OnlyInTwo(void) { }
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { Util(); return 0; }
//- /lib/lib.h
void LibCall(void);
//- /lib/lib.c
#include "lib.h"
void LibCall(void) { }
`,
    of: 'DriverEntry',
    path: '/one/one.c',
    calls: ['Util -> /one/one.c:Util', 'LibCall -> /lib/lib.c:LibCall', 'OnlyInTwo -> unknown'],
  },
  {
    title: 'facts, wrappers with bodies, harmless names, names nobody knows',
    fixture: `#include <ntddk.h>
void MyAcquire(PKSPIN_LOCK l, PKIRQL i) { KeAcquireSpinLock(l, i); }
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK l) { }
void F(PKSPIN_LOCK l) {
  KIRQL irql;
  MyAcquire(l, &irql);
  KeAcquireSpinLockAtDpcLevel(l);
  UNREFERENCED_PARAMETER(l);
  IoGetRelatedDeviceObject(0);
  Mystery();
}
`,
    of: 'F',
    calls: [
      'MyAcquire -> /driver.c:MyAcquire',
      'KeAcquireSpinLockAtDpcLevel -> ddi',
      'UNREFERENCED_PARAMETER -> neutral',
      'IoGetRelatedDeviceObject -> ddi',
      'Mystery -> unknown',
    ],
  },
  {
    title: 'function pointers in fields, locals, tables and parameters',
    fixture: `#include <ntddk.h>
typedef VOID (*PFN_STEP)(PVOID);
typedef struct _OPS { PFN_STEP Step; PFN_STEP Other; } OPS, *POPS;
typedef struct _EXT { OPS Ops; PIO_WORKITEM_ROUTINE Routine; } EXT, *PEXT;
static VOID StepA(PVOID x) { }
static VOID StepB(PVOID x) { }
static VOID StepC(PVOID x) { }
static OPS g_Ops = { StepA, NULL };
static PFN_STEP g_Table[] = { StepA, StepC };
VOID Init(PEXT ext) { ext->Ops.Step = StepB; ext->Ops.Other = StepC; }
static VOID Each(PFN_STEP step) { step(NULL); }
VOID F(PEXT ext, ULONG i) {
  PFN_STEP local = StepC;
  ext->Ops.Step(NULL);
  (*ext->Ops.Other)(NULL);
  local(NULL);
  g_Table[i](NULL);
  ext->Routine(NULL, NULL);
  Each(StepB);
}
`,
    of: 'F',
    calls: [
      '.Step -> one of /driver.c:StepA, /driver.c:StepB',
      '.* -> /driver.c:StepC',
      'local -> /driver.c:StepC',
      '. -> one of /driver.c:StepA, /driver.c:StepC',
      '.Routine -> role IO_WORKITEM_ROUTINE',
      'Each -> /driver.c:Each',
    ],
  },
  {
    title: 'methods, overloads and virtual calls',
    fixture: `//- /driver.cpp
class CBase { public: virtual void Run(int a); void Only(int a); void Only(int a, int b); };
class CDerived : public CBase { public: void Run(int a); void Self(); };
void CBase::Run(int a) { }
void CBase::Only(int a) { }
void CBase::Only(int a, int b) { }
void CDerived::Run(int a) { }
void Run(int a) { }
void CDerived::Self() { Run(1); Only(1, 2); CBase::Run(3); ::Run(4); }
void F(CBase *base, CDerived *derived) { base->Run(1); derived->Run(1); derived->Only(1); Run(1); }
`,
    of: 'F',
    calls: [
      '.Run -> one of /driver.cpp:CBase::Run, /driver.cpp:CDerived::Run',
      '.Run -> /driver.cpp:CDerived::Run',
      '.Only -> /driver.cpp:CBase::Only',
      'Run -> /driver.cpp:Run',
    ],
  },
  {
    title: 'context accessors, trace functions and casts that look like calls',
    fixture: `#include <wdf.h>
#include <ntddk.h>
// begin_wpp config
// FUNC Trace{FLAG=ALL}(LEVEL, MSG, ...);
// end_wpp
typedef struct _CTX { ULONG x; } CTX;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CTX, GetCtx)
VOID F(WDFDEVICE device) { GetCtx(device); Trace(1, "x"); PUNHEARD(device); }
`,
    of: 'F',
    calls: ['GetCtx -> neutral', 'Trace -> neutral', 'PUNHEARD -> neutral'],
  },
  {
    title: 'kernel facts do not speak of user-mode code',
    fixture: `#include <windows.h>
void F(void) { ExAllocatePoolWithTag(0, 1, 2); Mystery(); }
`,
    of: 'F',
    calls: ['ExAllocatePoolWithTag -> neutral', 'Mystery -> unknown'],
  },
];

it.each(cases)('$title', ({ fixture, of, path, calls }) => {
  expect(callsOf(programOf(fixture), of, path)).toEqual(calls);
});
