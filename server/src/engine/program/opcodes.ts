/**
 * The micro-operations that every context of a scenario is compiled to. One row of `Code` is (op, a, b, c, d).
 * Operands named slot or word are indices into the machine's state; pc is an index into the code. No operation states a cost.
 */

/** The context has ended. */
export const opEnd = 0;
/** Works for duration a; b = 0 work, 1 hold, 2 think. */
export const opWork = 1;
/** Costs figure a of `CostKey` and does nothing else. */
export const opCost = 2;
/** Reads the IRQL into nothing: the read is what counts. */
export const opReadIrql = 3;
/** Sets the IRQL to a (no check, as on a free build); saves the old one in slot b unless b < 0. */
export const opRaise = 4;
/** Sets the IRQL to a and delivers what is pending. */
export const opLowerTo = 5;
/** Sets the IRQL to what slot a holds and delivers what is pending. */
export const opLowerSlot = 6;
export const opJump = 7;
/** Goes to pc b unless IRQL < a. */
export const opIfIrqlBelow = 8;
/** Slot a = b. */
export const opSet = 9;
/** Slot a -= 1; to pc b while it is above 0. */
export const opLoop = 10;
/** Takes one branch of choice a. */
export const opChoose = 11;
/** Slot a = (slot a + b) modulo c. */
export const opAdd = 12;
/** To pc c where slot a == b. */
export const opIfEqual = 13;
/** Marks: no time, no effect on memory; the record, the figures and the checks live on them. a = lock, b = operation. */
export const opBegin = 14;
export const opAcquired = 15;
export const opTryFailed = 17;
export const opNote = 18;
/** Queues the DPC context a; removes it. */
export const opInsertDpc = 19;
export const opRemoveDpc = 20;
/** Asks for the interrupt of ISR context a. */
export const opInterrupt = 21;
export const opTouchPaged = 22;
export const opReturnToUser = 23;
/** Waits (dispatcher) until object word a of lock b is at least max(1, c), and takes c off. */
export const opBlock = 24;
/** Signals object word a of lock b: adds max(1, d) up to limit c. */
export const opSignal = 25;
/** Notes that this context gave up the lock, before the releasing operation (a = lock, b = operation). */
export const opReleasing = 26;

/** Slot a = slot b. */
export const opCopy = 27;
/** The DPC context a is queued after duration b, then every duration c unless c < 0. */
export const opSetTimer = 28;
export const opCancelTimer = 29;
/** Sends ISR context a, of another CPU, as an inter-processor interrupt. */
export const opSendIpi = 30;

/** Operations that touch nothing but the context's own slots and the record: they never change the stack nor wake anybody. */
export const isOwn = new Uint8Array(64);
for (const code of [
  opJump,
  opSet,
  opLoop,
  opAdd,
  opIfEqual,
  opIfIrqlBelow,
  opCopy,
  opBegin,
  opAcquired,
  opReleasing,
  opTryFailed,
  opNote,
])
  isOwn[code] = 1;

/** From here on: operations on memory. */
export const firstMemoryOp = 32;
/** Slot a = word b. */
export const opLoad = 32;
/** As load, of a line that the own code keeps to itself and reads early: its latency is hidden by the work before. */
export const opLoadEarly = 33;
/** Word a = b; leaves through the store buffer. */
export const opStore = 34;
/** Word a = slot b. */
export const opStoreSlot = 35;
/** As store, to a line that nobody else waits on: initialisation of an own queue node, hidden by the store buffer. */
export const opStoreEarly = 36;
/** Word (a + slot b * c) = d. */
export const opStoreIndexed = 37;
/** Locked: where word a is 0 it becomes 1 and control goes to pc b. c = 1: followed by a wait and a retry. */
export const opTestAndSet = 38;
/** Locked: slot a = word b, word b = c. */
export const opSwap = 39;
/** Locked: where word a == b it becomes c and control goes to pc d. */
export const opCompareAndSwap = 40;
/** Locked: slot a = word b, word b = (word b + c) modulo d (d = 0: no modulo). */
export const opFetchAndAdd = 41;
/** Locked: word a = b (the releasing `lock and`). */
export const opLockedStore = 42;
/** Locked: where (word a & b) == 0 it grows by c and control goes to pc d. */
export const opAddUnless = 43;
/** Locked: word a |= b. */
export const opOr = 44;
/** Locked: word a &= ~b. */
export const opAndNot = 45;
/** Reads and writes word a as data (an increment): one read for ownership. */
export const opIncrement = 46;
/** Locked: where word a == 0 it becomes 1; else spins on the locked operation itself until it wins. */
export const opSpinTestAndSet = 47;
/** Spins while word a == b. */
export const opWaitWhileEqual = 48;
/** Spins while word a != slot b. */
export const opWaitWhileNotSlot = 49;
/** Spins while (word a & b) != 0. */
export const opWaitWhileBits = 50;
/** Spins while word (a + slot b * c) == d. */
export const opWaitWhileIndexed = 51;
/** Slot a = word (b + slot c * d). */
export const opLoadIndexed = 52;
/** Word a += b, not locked (own line or under the lock). */
export const opBump = 53;

/** Locked: slot a = word b, word b = slot c. */
export const opSwapSlot = 54;

/** True for the operations that may have to wait for another CPU's write. */
export function isWait(op: number): boolean {
  return op >= opSpinTestAndSet && op <= opWaitWhileIndexed;
}

/** Figures that `opCost` can charge; the rows of the simulator's cost table. */
export const CostKey = {
  readIrql: 0,
  raise: 1,
  lower: 2,
  isrEntry: 3,
  isrExit: 4,
  dpcInterruptEntry: 5,
  dpcInterruptExit: 6,
  dpcDispatch: 7,
  selfIpi: 8,
  ipiSend: 9,
  contextSwitch: 10,
  dpcInsert: 11,
  fence: 12,
} as const;
