/* Scenario 14: lock 0 = driver, lock 1 = cancel. Context 1: error path on CPU 1 (PASSIVE_LEVEL), 2: canceller, 3: starter,
   4: device DPC on CPU 0, 5: other DPC on CPU 1. Context 6 stands for the idle thread of CPU 0. */
#define NCPU 4
#include "kernel.pml"
#define DEAD (STUCK(5, 1, 0, 1) || (STUCK(2, 2, 0, 3) && STUCK(3, 3, 1, 2)))
init {
  top[0] = 6; top[1] = 1; top[2] = 2; top[3] = 3;
  atomic { run errorPath(); run canceller(); run starter(); run dpc(4, 0); run dpc(5, 1); run watch() }
}
proctype errorPath() { acquire(1, 1, 0); release(1, 1, 0) }
proctype canceller() {
  raise(2, 2, 2); acquire(2, 2, 1); acquire(2, 2, 0); release(2, 2, 0); release(2, 2, 1); lower(2, 2, 0)
}
proctype starter() {
  raise(3, 3, 2); acquire(3, 3, 0); acquire(3, 3, 1); release(3, 3, 1); release(3, 3, 0); lower(3, 3, 0)
}
proctype dpc(byte me, cpu) { byte below, saved; enter(me, cpu, 2); acquire(me, cpu, 0); release(me, cpu, 0); leave(me, cpu) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
