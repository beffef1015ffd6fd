/** Where figures come from, for sources that several figures have in common. Data only. */

export const sources = {
  skylakeTransfers:
    'nviennot/core-to-core-latency @96a943a, raw CSV "Intel(R) Xeon(R) Platinum 8275CL", median of pairs in the cluster (one-way, CAS<->CAS, duration/round trip/2)',
  interruptDelivery:
    'estimate: IDT vector, stack frame and pipeline drain, ring 0 to ring 0; a few hundred cycles',
  isrGlue: 'estimate: KINTERRUPT dispatch, KPRCB accounting, interrupt spin lock, EOI',
  eoi: 'estimate: in x2APIC mode a WRMSR with relaxed (non-serialising) semantics, in xAPIC an uncached MMIO store (Intel SDM 3A 10.12.3)',
  iret: 'estimate: microcoded, serialising on most parts',
  ipiSend: 'estimate: ICR write',
  selfIpi:
    'estimate: self-IPI write until the vector is pending in the IRR (ReactOS waits for it in ApicRequestSelfInterrupt)',
  dpcDispatch: 'estimate: DpcLock acquire, unlink, watchdog bookkeeping, indirect call',
  measuredHere: 'measured on an Ice Lake-SP guest with 2 virtual CPUs at 3.48 GHz',
  icelakeTransfers:
    'nviennot/core-to-core-latency @96a943a, raw CSV "Intel(R) Xeon(R) Platinum 8375C", median of pairs in the cluster (one-way, CAS<->CAS, duration/round trip/2)',
  milanTransfers:
    'nviennot/core-to-core-latency @96a943a, raw CSV "AMD EPYC 7R13", median of pairs in the cluster (one-way, CAS<->CAS, duration/round trip/2)',
  none: 'estimate without a source',
  zen4Transfers:
    'nviennot/core-to-core-latency @96a943a, raw CSV "AMD Ryzen 9 7950X", median of pairs in the cluster (one-way, CAS<->CAS, duration/round trip/2)',
  occupancy:
    'serialised-read occupancy c / one-way transfer T: Graviton2 ticket-lock slope gives c = 2*21.03 = 42.1 ns vs T = 47.2 ns -> 0.89; Skylake client 0.76, Ice Lake client 1.07',
  movCr8:
    'no published figure found (Agner Fog, uops.info and the vendor guides omit MOV CR8); the range is the engineering bracket; calibrate as docs/engine.md says',
} as const;
