/** How the IRQL is kept on other platforms: figures that replace the profile's own. Data only. */
import { sources } from './figureSources.ts';
import type { Figure } from './profile.ts';
import { sharedFigures as figures } from './sharedFigures.ts';

export const irqlVariants: Readonly<Record<string, readonly Figure[]>> = {
  'x64-cr8': [figures.x64ReadIrql, figures.x64RaiseWrite, figures.x64LowerWrite],
  'x64-cr8-intercepted': [
    {
      key: 'readIrql',
      value: 1800,
      unit: 'cycles',
      range: [1000, 3000],
      confidence: 'estimate',
      source:
        'estimate: one VM exit (KVM_RUN round trip measured 2528 cycles in an LKML SVM thread, 2012.2/00527). Xen SVM commit 300b3c46: lazy CR8 intercepts cut the count from ~10,000,000 to ~6,000 during a Windows 2003 x64 boot, so treat this as the historic worst case',
    },
    {
      key: 'raiseWrite',
      value: 1800,
      unit: 'cycles',
      range: [1000, 3000],
      confidence: 'estimate',
      source: 'as readIrql: one VM exit per access',
    },
    {
      key: 'lowerWrite',
      value: 1800,
      unit: 'cycles',
      range: [1000, 3000],
      confidence: 'estimate',
      source: 'as readIrql: one VM exit per access',
    },
  ],
  'x86-apic-tpr': [
    {
      key: 'readIrql',
      value: 100,
      unit: 'cycles',
      range: [40, 300],
      confidence: 'estimate',
      source:
        'estimate: uncached xAPIC MMIO read of TPR/PPR + table look-up; MMIO xAPIC accesses are uncached and serialising (Intel SDM 3A 10.12.3)',
    },
    {
      key: 'raiseWrite',
      value: 60,
      unit: 'cycles',
      range: [30, 200],
      confidence: 'estimate',
      source: 'estimate: uncached MMIO write (ReactOS hal/halx86/apic ApicSetIrql)',
    },
    {
      key: 'lowerWrite',
      value: 60,
      unit: 'cycles',
      range: [30, 200],
      confidence: 'estimate',
      source: sources.none,
    },
  ],
  'x86-lazy': [
    {
      key: 'readIrql',
      value: 4,
      unit: 'cycles',
      range: [4, 5],
      confidence: 'read',
      source: 'read fs:[KPCR.Irql] (ReactOS APIC_LAZY_IRQL ApicGetCurrentIrql)',
    },
    {
      key: 'raiseWrite',
      value: 1,
      unit: 'cycles',
      range: null,
      confidence: 'read',
      source: 'store to KPCR.Irql',
    },
    {
      key: 'lowerWrite',
      value: 3,
      unit: 'cycles',
      range: null,
      confidence: 'read',
      source: 'store + compare with KPCR.IRR (last hardware IRQL)',
    },
    {
      key: 'lowerHardware',
      value: 60,
      unit: 'cycles',
      range: [30, 200],
      confidence: 'estimate',
      source: 'only if an interrupt was refused meanwhile: TPR MMIO write',
    },
    {
      key: 'refusedInterrupt',
      value: 700,
      unit: 'cycles',
      range: [300, 1500],
      confidence: 'estimate',
      source: 'TPR write + EOI + self-IPI re-request + spurious return (ReactOS HalBeginSystemInterrupt)',
    },
  ],
  'x86-pic': [
    {
      key: 'readIrql',
      value: 4,
      unit: 'cycles',
      range: null,
      confidence: 'read',
      source: 'KPCR.Irql (ReactOS hal/halx86/pic/pic.c)',
    },
    {
      key: 'raiseWrite',
      value: 1,
      unit: 'cycles',
      range: null,
      confidence: 'read',
      source: 'KPCR.Irql store',
    },
    {
      key: 'lowerWrite',
      value: 20,
      unit: 'cycles',
      range: [10, 40],
      confidence: 'estimate',
      source: 'pushf, cli, store, IRR test, popf (KfLowerIrql)',
    },
    {
      key: 'lowerHardware',
      value: 2000,
      unit: 'cycles',
      range: [1000, 5000],
      confidence: 'estimate',
      source: 'two port OUTs of the 8259 mask when a delayed hardware interrupt is pending, ~1 us each',
    },
  ],
  'arm64-software': [
    figures.arm64ReadIrql,
    figures.arm64RaiseWrite,
    figures.arm64LowerWrite,
    figures.arm64FlagsTest,
    figures.arm64GicPriorityWrite,
  ],
};
