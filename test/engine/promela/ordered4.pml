/* Four CPUs take locks 0 and 1 in one order, a DPC on each takes lock 0. No dead state. -DBROKEN turns the last CPU round. */
#define NCPU 4
#include "kernel.pml"
#ifdef BROKEN
#define LAST 1, 0
#else
#define LAST 0, 1
#endif
#define CLOSED(a, c) (STUCK(a, a - 1, 1, 4) && STUCK(4, 3, 0, a))
#define DEAD (CLOSED(1, 0) || CLOSED(2, 1) || CLOSED(3, 2))
init {
  top[0] = 1; top[1] = 2; top[2] = 3; top[3] = 4;
  atomic {
    run thread(1, 0, 0, 1); run thread(2, 1, 0, 1); run thread(3, 2, 0, 1); run thread(4, 3, LAST);
    run dpc(5, 0); run dpc(6, 1); run dpc(7, 2); run dpc(8, 3); run watch()
  }
}
proctype thread(byte me, cpu, first, second) {
  raise(me, cpu, 2); acquire(me, cpu, first); acquire(me, cpu, second);
  release(me, cpu, second); release(me, cpu, first); lower(me, cpu, 0)
}
proctype dpc(byte me, cpu) { byte below, saved; enter(me, cpu, 2); acquire(me, cpu, 0); release(me, cpu, 0); leave(me, cpu) }
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
