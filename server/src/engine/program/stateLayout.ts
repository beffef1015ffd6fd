/**
 * Lays out the machine's whole logical state as one array of small integers: CPU blocks, context blocks, memory words.
 * Every slot has a width in bits, so that the explorer can pack a state; the simulator uses the array as it is.
 */

/** Slots of a CPU block, relative to its base. The stack follows, then the DPC queue. */
export const cpuIrql = 0;
export const cpuDepth = 1;
/** 1 while DPCs are drained: a DPC never preempts a DPC. */
export const cpuDpcActive = 2;
/** IRQL to go back to when the drain ends. */
export const cpuDpcSaved = 3;
/** 1 where the DISPATCH software interrupt was requested. */
export const cpuDpcRequested = 4;
export const cpuQuantumEnd = 5;
export const cpuQueueLength = 6;
export const cpuStack = 7;

/** Slots of a context block, relative to its base; registers follow. */
export const ctxPc = 0;
/** IRQL that it interrupted. */
export const ctxSaved = 1;
/** Threads: 0 ready, 1 ended, 2 blocked. DPCs: 1 queued. ISRs: 1 pending. */
export const ctxPending = 2;
/** Arrivals that the explorer may still deliver; of a timer: 1 set once, 2 set to come again and again. */
export const ctxArrivals = 3;
export const ctxRegisters = 4;

/** Grows slot by slot while a scenario is compiled. */
export class LayoutBuilder {
  readonly bits: number[] = [];
  readonly initial: number[] = [];

  slot(bits: number, initial = 0): number {
    this.bits.push(bits);
    this.initial.push(initial);
    return this.bits.length - 1;
  }

  get size(): number {
    return this.bits.length;
  }
}

/** Bits that hold the values 0 .. max. */
export function bitsFor(max: number): number {
  return Math.max(1, 32 - Math.clz32(max));
}
