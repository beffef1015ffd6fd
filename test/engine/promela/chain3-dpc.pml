/* Scenario 7: three CPUs take three locks in a ring; a DPC on each takes the CPU's first lock. */
#define NCPU 3
#include "kernel.pml"
#define DEAD (STUCK(1, 0, 1, 2) && STUCK(2, 1, 2, 3) && STUCK(3, 2, 0, 1))
init {
  top[0] = 1; top[1] = 2; top[2] = 3;
  atomic {
    run thread(1, 0, 0, 1); run thread(2, 1, 1, 2); run thread(3, 2, 2, 0);
    run dpc(4, 0, 0); run dpc(5, 1, 1); run dpc(6, 2, 2); run watch()
  }
}
proctype thread(byte me, cpu, first, second) {
  raise(me, cpu, 2); acquire(me, cpu, first); acquire(me, cpu, second);
  release(me, cpu, second); release(me, cpu, first); lower(me, cpu, 0)
}
proctype dpc(byte me, cpu, lk) { byte below, saved; enter(me, cpu, 2); acquire(me, cpu, lk); release(me, cpu, lk); leave(me, cpu) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
