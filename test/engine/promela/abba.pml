/* Scenario 6: CPU 0 takes 0 then 1, CPU 1 takes 1 then 0. */
#define NCPU 2
#include "kernel.pml"
#define DEAD (STUCK(1, 0, 1, 2) && STUCK(2, 1, 0, 1))
init { top[0] = 1; top[1] = 2; atomic { run thread(1, 0, 0, 1); run thread(2, 1, 1, 0); run watch() } }
proctype thread(byte me, cpu, first, second) {
  raise(me, cpu, 2); acquire(me, cpu, first); acquire(me, cpu, second);
  release(me, cpu, second); release(me, cpu, first); lower(me, cpu, 0)
}
proctype watch() { end: do :: atomic { DEAD && SOON -> assert(false) } od }
